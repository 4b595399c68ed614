#ifndef TRI_SIGNAL_HUMAN_DIDIT_H
#define TRI_SIGNAL_HUMAN_DIDIT_H

/* A Didit decision reduced to what a judgement needs: states, flags and two times. Nothing of the
 * person (names, numbers, addresses, images, scores of a face) leaves the document. */

#include <stdbool.h>

#include <trust/status.h>

#define TRI_DIDIT_MAX_BYTES ((size_t)1 << 20)
#define TRI_DIDIT_MAX_DEPTH 16u
#define TRI_DIDIT_MAX_NODES 16384u

/* Of a session, a feature or a review. The service has several words for some. */
typedef enum tri_didit_status {
    TRI_DIDIT_UNKNOWN, /* a word that this build does not know, or none */
    TRI_DIDIT_PENDING,
    TRI_DIDIT_REVIEW,
    TRI_DIDIT_APPROVED,
    TRI_DIDIT_DECLINED,
    TRI_DIDIT_LAPSED,  /* given up before its end */
    TRI_DIDIT_OUTDATED /* an approval that has expired */
} tri_didit_status;

/* Bits for what a session may check. Findings show them, so they are only appended to. */
#define TRI_DIDIT_ID            (1u << 0)
#define TRI_DIDIT_LIVENESS      (1u << 1)
#define TRI_DIDIT_FACE          (1u << 2)
#define TRI_DIDIT_NFC           (1u << 3)
#define TRI_DIDIT_AML           (1u << 4)
#define TRI_DIDIT_IP            (1u << 5)
#define TRI_DIDIT_POA           (1u << 6)
#define TRI_DIDIT_PHONE         (1u << 7)
#define TRI_DIDIT_EMAIL         (1u << 8)
#define TRI_DIDIT_DATABASE      (1u << 9)
#define TRI_DIDIT_QUESTIONNAIRE (1u << 10)

/* Facts about the whole decision, above the features, so that both fit one number. */
#define TRI_DIDIT_NFC_INTACT (1u << 16) /* the chip's signature and its data groups are whole */
#define TRI_DIDIT_AML_HIT    (1u << 17) /* a match that nobody has dismissed */
#define TRI_DIDIT_MANUAL     (1u << 18) /* a review approved it */
#define TRI_DIDIT_OBSCURE    (1u << 19) /* what was required or reviewed cannot be told */
#define TRI_DIDIT_REMARK     (1u << 20) /* a warning about the picture or the network */
#define TRI_DIDIT_WARNING    (1u << 21) /* any other warning */
#define TRI_DIDIT_LIVE       (1u << 22) /* neither sandbox nor test */

/* Whose session it is, by its vendor_data. */
typedef enum tri_didit_owner {
    TRI_DIDIT_ANYBODY, /* it does not say */
    TRI_DIDIT_OURS,    /* this device's or this attempt's */
    TRI_DIDIT_FOREIGN
} tri_didit_owner;

typedef struct tri_didit {
    tri_didit_status status;
    tri_didit_owner owner;
    uint32_t flags;
    uint32_t required;   /* features that the workflow asked for */
    uint32_t present;    /* features with a report */
    uint32_t declined;   /* of those, with one declined */
    uint32_t reviewed;   /* with one that waits for a reviewer */
    uint32_t unfinished; /* with one that says nothing yet, or nothing known */
    trust_time decided;  /* the last change to the present state, or TRUST_TIME_UNKNOWN */
    trust_time expires;  /* of an unfinished session, or TRUST_TIME_UNKNOWN */
} tri_didit;

/** Read a decision of version 3, or of version 2 with its single reports.
 * @param device   the device's id, "" for none
 * @param attempt  "" for none; then only a session of another device is foreign
 * @return TRUST_OK, TRUST_E_FORMAT, TRUST_E_LIMIT, TRUST_E_NOMEM, or TRUST_E_UNSUPPORTED for
 *         version 1 and for sessions that verify no person */
trust_status tri_didit_read(trust_bytes text, const char *device, const char *attempt,
                            tri_didit *out, trust_error *err);

#endif
