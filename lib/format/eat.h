#ifndef TRI_FORMAT_EAT_H
#define TRI_FORMAT_EAT_H

/* What both ends of a native token (docs/native-token.md) agree on: claim keys, sizes, and the
 * message behind the nonce slot. No cryptography and no heap: the device's side uses it too. */

#include <stdbool.h>

#include <trust/status.h>

/* Claim keys of EAT (RFC 9711) and CWT (RFC 8392), of PSA tokens (RFC 9783), and one of our own
 * from the range for private use. */
#define TRI_EAT_IAT        6
#define TRI_EAT_NONCE      10
#define TRI_EAT_UEID       256
#define TRI_EAT_OEMBOOT    262
#define TRI_EAT_DBGSTAT    263
#define TRI_EAT_PROFILE    265
#define TRI_EAT_BOOTCOUNT  267
#define TRI_EAT_COMPONENTS 2399
#define TRI_EAT_BINDING    (-76200)

/* Members of one software component (RFC 9783 section 4.4.1). */
#define TRI_COMPONENT_NAME    1
#define TRI_COMPONENT_DIGEST  2
#define TRI_COMPONENT_VERSION 4
#define TRI_COMPONENT_SIGNER  5

#define TRI_EAT_MIN_NONCE       8u
#define TRI_EAT_MAX_NONCE       64u
#define TRI_EAT_MAX_TEXT        63u /* of a bound text and of a component's name */
#define TRI_EAT_MAX_VERSION     31u
#define TRI_EAT_MAX_SESSION_KEY 133u /* an uncompressed P-521 point */
#define TRI_EAT_SEALING_KEY     32u
#define TRI_EAT_MAX_CHANNEL     64u
#define TRI_EAT_MAX_COMPONENTS  16u
#define TRI_EAT_MAX_DEBUG       4
#define TRI_EAT_UEID_SIZE       33u
#define TRI_EAT_UEID_RAND       1 /* the first byte of a UEID of type RAND (RFC 9711 4.2.1) */

/** SHA-256, SHA-384 and SHA-512 are told apart by their length. */
static inline bool tri_eat_digest_size(size_t size)
{
    return size == 32 || size == 48 || size == 64;
}

/** What a token may be bound to. The numbers up to SEALING_KEY are the keys of the binding claim;
 * the channel is never sent. */
enum {
    TRI_BOUND_NONCE = 0,
    TRI_BOUND_PURPOSE = 1,
    TRI_BOUND_VERIFIER = 2,
    TRI_BOUND_DEVICE = 3,
    TRI_BOUND_ATTEMPT = 4,
    TRI_BOUND_SESSION_KEY = 5,
    TRI_BOUND_SEALING_KEY = 6,
    TRI_BOUND_CHANNEL = 7,
    TRI_BOUND_COUNT
};

/** An empty member is not there. */
typedef struct tri_eat_binding {
    trust_bytes member[TRI_BOUND_COUNT];
} tri_eat_binding;

/** The member is text; the others are bytes. */
bool tri_eat_is_text(int member);

/** Anything beside the nonce is bound. Then the slot is the SHA-256 of the message below; else it
 * is the nonce itself. */
bool tri_eat_is_bound(const tri_eat_binding *binding);

#define TRI_EAT_MAX_MESSAGE 640u

/** Write the message behind the slot; members must be within their sizes. Returns its length. */
size_t tri_eat_message(const tri_eat_binding *binding, uint8_t out[TRI_EAT_MAX_MESSAGE]);

#endif
