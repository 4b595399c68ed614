#ifndef TRI_SIGNAL_SIGNAL_H
#define TRI_SIGNAL_SIGNAL_H

/* The interface of signals from the inside: what trust_appraisal holds, and the built-in signals.
 *
 * A built-in signal implements trust_signal_ops like a host's, and may look at more than the public
 * calls show: the registered keys, the challenges, the address table, the reference values. */

#include <stdbool.h>

#include <trust/assess.h>
#include <trust/signal.h>

#include "core/challenge.h"
#include "core/text.h"
#include "crypto/crypto.h"

/** One item of evidence inside. Pointers live as long as the evidence. */
typedef struct tri_item {
    const char *type; /* lower case, no parameters */
    trust_bytes data;
    trust_bytes nonce;    /* stated by the host beside the item; usually empty */
    trust_time collected; /* stated by the host, or TRUST_TIME_UNKNOWN */
    uint32_t origin;
    bool misnamed; /* the bundle names another device */
} tri_item;

/** What became of an item. */
typedef struct tri_outcome {
    uint32_t state;
    uint32_t reason;
    bool told;    /* a signal or the engine has said something */
    bool ignored; /* not shown to signals: origin, duplicate, limit */
} tri_outcome;

#define TRI_MAX_FINDINGS          64u /* of one assessment */
#define TRI_SIGNAL_MAX_FINDINGS   16u
#define TRI_MAX_RECORD_CHALLENGES 8u /* open and lately spent ones */

struct trust_appraisal {
    /* What it rests on; the signals only read. */
    trust_time now;
    const char *device_id;     /* "" in trust_appraise() */
    const char *verifier;      /* the engine's name, "" for none */
    const tri_anchor *anchors; /* registered */
    size_t anchor_count;
    const trust_attribute *attributes;
    size_t attribute_count;
    const tri_challenge *challenges;
    size_t challenge_count;
    trust_bytes channel;
    const char *attempt;              /* "" for none */
    const trust_table *table;         /* or NULL */
    const trust_reference *reference; /* or NULL */
    const tri_item *items;
    size_t item_count;
    const trust_signal_ops *signal; /* whose turn it is */
    trust_bytes memory;             /* of that signal */

    /* What they write. */
    trust_finding findings[TRI_MAX_FINDINGS];
    size_t finding_count;
    size_t signal_first; /* first finding of this signal */
    tri_outcome outcomes[TRUST_MAX_ITEMS];
    uint32_t answered;   /* bit i: challenges[i] was answered well and is to be spent */
    uint32_t binding;    /* TRUST_BINDING_ that identity earned */
    trust_vector vector; /* of the attestation signal */
    tri_text *claims;    /* verified claims as JSON, where wanted; else NULL */
};

/** The next item of the signal whose turn it is, from *at on; NULL at the end. *at is its index. */
const tri_item *tri_appraisal_next(const trust_appraisal *appraisal, size_t *at);

/** How far ahead of the host's clock a claimed time may be, in milliseconds. */
#define TRI_CLOCK_SKEW ((trust_time)60 * 1000)

/** The time of an item: the older of claimed and received; a time ahead of the skew as it is. */
trust_time tri_item_time(const trust_appraisal *appraisal, const tri_item *item);

/** State a finding about item @p index with full quality, and say the same of the item. */
trust_status tri_appraisal_find(trust_appraisal *appraisal, size_t index, uint32_t kind,
                                uint32_t state, int32_t value, uint32_t reason);

/** A signal answers for this media type. */
bool tri_signal_reads(const trust_signal_ops *signal, const char *type);

/** The built-in signals. Static, constant, no user. */
extern const trust_signal_ops tri_signal_attestation;
extern const trust_signal_ops tri_signal_network;
extern const trust_signal_ops tri_signal_behaviour;
extern const trust_signal_ops tri_signal_human;

#endif
