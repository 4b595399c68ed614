#!/bin/sh
# The everyday build, in build/: every target, configured when it is not yet.
. "$(dirname "$0")/../support/gate.sh"
everyday_build
