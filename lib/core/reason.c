/* The catalogue of reasons: one table, reason.def, and look-ups in it. */

#include <trust/reason.h>

#include "core/bytes.h"
#include "core/reason.h"

typedef struct entry {
    uint32_t number;
    uint32_t severity;
    const char *code;
    const char *text;
    const char *subject;
} entry;

static const entry table[] = {
#define X(number, name, severity, text, subject) {number, severity, #name, text, subject},
#include "core/reason.def"
#undef X
};

static const entry *find(uint32_t reason)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].number == reason)
            return &table[i];
    return NULL;
}

const char *trust_reason_code(uint32_t reason)
{
    const entry *e = find(reason);
    return e != NULL ? e->code : "UNKNOWN";
}

uint32_t trust_reason_find(const char *code, size_t len)
{
    if (code == NULL)
        return 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (tri_same_text((trust_bytes){(const uint8_t *)code, len}, table[i].code))
            return table[i].number;
    return 0;
}

const char *trust_reason_text(uint32_t reason)
{
    const entry *e = find(reason);
    return e != NULL ? e->text : "unknown reason";
}

const char *trust_reason_subject_text(uint32_t reason)
{
    const entry *e = find(reason);
    return e != NULL ? e->subject : "Try again.";
}

uint32_t trust_reason_severity(uint32_t reason)
{
    const entry *e = find(reason);
    return e != NULL ? e->severity : 0;
}
