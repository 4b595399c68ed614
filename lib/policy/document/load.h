#ifndef TRI_POLICY_DOCUMENT_LOAD_H
#define TRI_POLICY_DOCUMENT_LOAD_H

/* What the readers of the policy document share. load.c reads the whole, load_object.c any object
 * by the table, load_values.c its numbers and words; the others what only one part has. */

#include "policy/document/document.h"

typedef struct tri_loader {
    const tri_json_doc *doc;
    trust_policy *policy;
    trust_error *err;
} tri_loader;

/** Read the member's value into the struct that keeps its object. */
typedef trust_status tri_reader(tri_loader *l, const tri_json *value, const tri_member *member,
                                void *base);

/** A limit that no level passes: more than the most that signals add, and a base. */
#define TRI_NO_LIMIT (1 << 30)

/** What the bands of a document mean in millibits. */
void tri_load_bands(tri_stance *stance, const int32_t bands[4]);

/* ---- load_object.c ---- */

/** Refuse a value; @p quoted, when it is not empty, follows in quotation marks. */
trust_status tri_refuse(const tri_loader *l, const tri_json *value, const char *message,
                        trust_bytes quoted);
/** Refuse a name, and say which of @p words (NULL ends them) it may be a slip of the pen for. */
trust_status tri_refuse_name(const tri_loader *l, const tri_json *value, const char *message,
                             trust_bytes name, const char *const *words);
trust_status tri_refuse_limit(const tri_loader *l, const tri_json *value, const char *message);
trust_status tri_load_no_memory(const tri_loader *l);

/** What is there must be known and what is required must be there. */
trust_status tri_load_check(const tri_loader *l, const tri_json *value, const tri_object *object);

/** Check an object and read its members, in the table's order. */
trust_status tri_load_object(tri_loader *l, const tri_json *value, const tri_object *object,
                             void *base);

/** Whether a member's name is for people alone. */
bool tri_load_is_note(trust_bytes name);

/* ---- load_values.c ---- */

/** A whole number from @p min to @p max. */
trust_status tri_load_whole(const tri_loader *l, const tri_json *value, int64_t min, int64_t max,
                            int64_t *out);
/** A name of [a-z0-9_.-], 1 to @p most bytes. */
trust_status tri_load_name(const tri_loader *l, const tri_json *value, size_t most,
                           trust_bytes *out);
/** A text of @p min to @p max bytes on one line. */
trust_status tri_load_text(const tri_loader *l, const tri_json *value, int64_t min, int64_t max,
                           trust_bytes *out);
/** An array of so many entries, which the message calls @p what. */
trust_status tri_load_array(const tri_loader *l, const tri_json *value, int64_t min, int64_t max,
                            const char *what);
/** Refuse a text that stands in its array already. */
trust_status tri_load_once(const tri_loader *l, const tri_json *array, const tri_json *value);
/** An array of names without one twice. */
trust_status tri_load_names(const tri_loader *l, const tri_json *value, const tri_member *member);

/** Put a name into its room of TRI_NAME_MAX + 1 bytes. */
void tri_load_keep(char *room, trust_bytes name);

tri_reader tri_read_number, tri_read_note, tri_read_version, tri_read_bool, tri_read_text,
    tri_read_name, tri_read_duration, tri_read_time, tri_read_verdict, tri_read_code,
    tri_read_codes, tri_read_roles, tri_read_names, tri_read_knots;

/* ---- load_signals.c ---- */

trust_status tri_load_signals(tri_loader *l);
trust_status tri_load_groups(tri_loader *l);

/** The index of the signal that a string names. */
trust_status tri_load_signal(const tri_loader *l, const tri_json *value, uint32_t *out);
trust_status tri_load_named_signal(const tri_loader *l, const tri_json *value, trust_bytes name,
                                   uint32_t *out);

tri_reader tri_read_scale, tri_read_curve, tri_read_cost, tri_read_absent, tri_read_group,
    tri_read_signal, tri_read_signals;

/* ---- load_gates.c ---- */

trust_status tri_load_gates(tri_loader *l);

tri_reader tri_read_if;

/* ---- load_profiles.c ---- */

trust_status tri_load_profiles(tri_loader *l);

tri_reader tri_read_when;

/* ---- load_workflow.c ---- */

trust_status tri_load_stages(tri_loader *l);
trust_status tri_load_steps(tri_loader *l);
trust_status tri_load_actions(tri_loader *l);

/** A profile or stage has a name of its own that is no signal's. */
trust_status tri_load_own_name(const tri_loader *l, const tri_json *object, const char *name);

/** The index of the stage whose id a string is. */
trust_status tri_load_stage(const tri_loader *l, const tri_json *value, uint32_t *out);

tri_reader tri_read_next;

/* ---- load_tests.c ---- */

trust_status tri_load_tests(tri_loader *l);

tri_reader tri_read_facts, tri_read_evidence, tri_read_state, tri_read_expect, tri_read_stage,
    tri_read_profile, tri_read_range, tri_read_rows, tri_read_sets;

#endif
