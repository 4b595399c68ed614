#ifndef TRI_CORE_CHALLENGE_H
#define TRI_CORE_CHALLENGE_H

/* A challenge as the device's record keeps it and as a signal may see it. */

#include <trust/challenge.h>

#define TRI_TEXT_MAX 63u

/** Where a challenge stands. Spent ones are kept for a while, so that a replay is known as one. */
enum { TRI_CHALLENGE_OPEN = 1, TRI_CHALLENGE_SPENT = 2, TRI_CHALLENGE_REFUSED = 3 };

typedef struct tri_challenge {
    uint64_t id;
    trust_time issued;
    trust_time deadline;
    uint32_t kinds;    /* bit k: built-in kind k is asked for */
    uint8_t state;     /* TRI_CHALLENGE_ */
    uint8_t delivered; /* 1 once it is known to have reached the device */
    uint8_t nonce_size;
    uint8_t nonce[64];
    char purpose[TRI_TEXT_MAX + 1];
    char attempt[TRI_TEXT_MAX + 1];
} tri_challenge;

#endif
