#ifndef TRI_ENGINE_EVIDENCE_H
#define TRI_ENGINE_EVIDENCE_H

/* The items of one assessment, copied into an arena that is kept for the next. */

#include <trust/evidence.h>

#include "core/arena.h"
#include "engine/engine.h"
#include "signal/signal.h"

#define TRI_CHANNEL_MAX 64u

struct trust_evidence {
    trust_engine *engine;
    tri_arena arena;
    tri_item items[TRUST_MAX_ITEMS];
    size_t count;
    char device[TRUST_DEVICE_MAX_ID + 1];
    char attempt[TRI_TEXT_MAX + 1];
    uint8_t channel[TRI_CHANNEL_MAX];
    size_t channel_size;
    uint8_t request[64];
    size_t request_size; /* 0: none */
};

/** What may stand beside an item's bytes. */
typedef struct tri_item_extra {
    trust_bytes nonce;
    trust_time collected;
    bool misnamed;
} tri_item_extra;

/** Add one item; @p data is what the type's signal reads (an address or metric is encoded here). */
trust_status tri_evidence_add(trust_evidence *evidence, uint32_t origin, trust_bytes type,
                              trust_bytes data, const tri_item_extra *extra, trust_error *err);

#endif
