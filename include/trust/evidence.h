#ifndef TRUST_EVIDENCE_H
#define TRUST_EVIDENCE_H

/* Evidence: the items of one assessment, each with an origin that the caller states. Bytes are
 * copied in; nothing is read or believed before the assessment.
 *
 * Single: one thread at a time. Clearing keeps the memory, so a gateway that reuses one evidence a
 * connection allocates nothing. */

#include <trust/device.h>

TRUST_BEGIN_DECLS

#define TRUST_MAX_ITEMS      64u
#define TRUST_MAX_ITEM_BYTES 65536u

/** Media types that this library made. */
#define TRUST_TYPE_ADDRESS "application/vnd.trust.address"
#define TRUST_TYPE_METRIC  "application/vnd.trust.metric"
/** A Didit v3 decision document. */
#define TRUST_TYPE_DIDIT "application/vnd.didit.decision+json"
/** An Entity Attestation Token as a CWT (RFC 9711, RFC 9782). */
#define TRUST_TYPE_EAT_CWT "application/eat+cwt"

typedef struct trust_evidence trust_evidence;

/** Make an empty evidence about a device.
 * @param[out] out  freed with trust_evidence_free(); keeps the device's engine alive, not the
 * device
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_new(const trust_device *device,
                                                           trust_evidence **out, trust_error *err);

/** Take every item out, and the channel, the attempt and the request id. */
TRUST_API void trust_evidence_clear(trust_evidence *evidence);

/** NULL does nothing. */
TRUST_API void trust_evidence_free(trust_evidence *evidence);

/** Add bytes of a media type. Parameters of the type are kept out; letters may be of any case.
 *
 * What the device sent is TRUST_FROM_DEVICE, however it arrived. An item that its origin may not
 * state is kept, shown as ignored, and counts for nothing.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_LIMIT (64 items of 64 KiB), TRUST_E_NOMEM, or
 *         TRUST_E_FORMAT for the host's own text that is no address or metric */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_add(trust_evidence *evidence,
                                                           uint32_t origin, const char *type,
                                                           const void *data, size_t len,
                                                           trust_error *err);

/** Add the address from which the host sees the device connect.
 * @return as trust_evidence_add(), or TRUST_E_FORMAT for text that is no address */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_add_address(trust_evidence *evidence,
                                                                   const char *address,
                                                                   trust_error *err);

/** One measurement of behaviour that the host made. */
typedef struct trust_metric {
    const char *name; /**< [a-zA-Z0-9_.-/], at most 63 bytes */
    double value;
    trust_time time; /**< when; TRUST_TIME_UNKNOWN for when it is received */
} trust_metric;

/** Add one measurement.
 * @return as trust_evidence_add(); TRUST_E_ARGUMENT for NaN and infinities */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_add_metric(trust_evidence *evidence,
                                                                  const trust_metric *metric,
                                                                  trust_error *err);

/** Opens the files that a bundle names. */
typedef struct trust_bundle_files {
    /** Read the file of that name into @p out, at most @p cap bytes. The name stands as in the
     * bundle, without NUL, "/" and ".." and all: refuse what is not to be opened. */
    trust_status (*read)(void *user, trust_bytes name, void *out, size_t cap, size_t *len);
    void *user;
} trust_bundle_files;

/** Add the items of a JSON bundle (docs/bundle.md). All or none of its items are added.
 *
 * From TRUST_FROM_DEVICE, members that only the host may state (nonce, collected, address, metric,
 * unsigned human decisions) count for nothing, and no file may be named. When "device" names
 * another device the items are kept, shown as misbound, and count for nothing either.
 * @param files  NULL when no item may name a file
 * @return as trust_evidence_add(), TRUST_E_FORMAT, TRUST_E_IO */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_add_bundle(trust_evidence *evidence,
                                                                  uint32_t origin, const void *json,
                                                                  size_t len,
                                                                  const trust_bundle_files *files,
                                                                  trust_error *err);

/** The id that a bundle names in "device"; ends with NUL, TRUST_DEVICE_MAX_ID + 1 bytes suffice.
 * @return TRUST_OK, TRUST_E_ARGUMENT, TRUST_E_FORMAT, TRUST_E_NOT_FOUND (it names none),
 *         TRUST_E_LIMIT or TRUST_E_NOMEM */
TRUST_API TRUST_MUST_CHECK trust_status trust_bundle_device(const void *json, size_t len, char *out,
                                                            size_t cap, trust_error *err);

/** The TLS exporter value (RFC 9266) of the host's own end of the connection; empty for none.
 * @return TRUST_OK, TRUST_E_ARGUMENT or TRUST_E_LIMIT (at most 64 bytes) */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_set_channel(trust_evidence *evidence,
                                                                   const void *data, size_t len);

/** The attempt that the items belong to; items bound to another are misbound. Text, at most 63
 * bytes; NULL for none. */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_set_attempt(trust_evidence *evidence,
                                                                   const char *attempt);

/** Name this assessment: repeating it returns the first outcome for as long as that is valid, and
 * teaches nothing. 1 to 64 bytes, chosen by the host, never by the device. The device's last 8
 * names are remembered; a device that is suspended, revoked or retired is assessed anew each time.
 * trust_observe() reads no name. */
TRUST_API TRUST_MUST_CHECK trust_status trust_evidence_set_request_id(trust_evidence *evidence,
                                                                      const void *id, size_t len);

/** How many items it holds. */
TRUST_API size_t trust_evidence_count(const trust_evidence *evidence);

TRUST_END_DECLS

#endif
