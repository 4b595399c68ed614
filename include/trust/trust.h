#ifndef TRUST_TRUST_H
#define TRUST_TRUST_H

/* libtrust: how far can a device be trusted, right now, and why. This header includes the others;
 * docs/concepts.md is the page to read first. */

#include <trust/assess.h>
#include <trust/baseline.h>
#include <trust/challenge.h>
#include <trust/decision.h>
#include <trust/device.h>
#include <trust/engine.h>
#include <trust/evidence.h>
#include <trust/export.h>
#include <trust/finding.h>
#include <trust/host.h>
#include <trust/key.h>
#include <trust/manifest.h>
#include <trust/policy.h>
#include <trust/reason.h>
#include <trust/reference.h>
#include <trust/signal.h>
#include <trust/status.h>
#include <trust/store.h>
#include <trust/table.h>
#include <trust/version.h>

#endif
