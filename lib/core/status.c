/* Names and sentences of the status codes, and the library's version. */

#include <trust/status.h>
#include <trust/version.h>

static const struct {
    trust_status status;
    const char *name;
    const char *text;
} table[] = {
    {TRUST_OK, "TRUST_OK", "done"},
    {TRUST_E_ARGUMENT, "TRUST_E_ARGUMENT", "an argument is not allowed"},
    {TRUST_E_NOMEM, "TRUST_E_NOMEM", "out of memory"},
    {TRUST_E_FORMAT, "TRUST_E_FORMAT", "not what its format asks for"},
    {TRUST_E_LIMIT, "TRUST_E_LIMIT", "over a limit"},
    {TRUST_E_UNSUPPORTED, "TRUST_E_UNSUPPORTED", "not supported by this build"},
    {TRUST_E_SIGNATURE, "TRUST_E_SIGNATURE", "a signature does not match"},
    {TRUST_E_NOT_FOUND, "TRUST_E_NOT_FOUND", "not found"},
    {TRUST_E_EXISTS, "TRUST_E_EXISTS", "exists already"},
    {TRUST_E_CONFLICT, "TRUST_E_CONFLICT", "changed by somebody else meanwhile"},
    {TRUST_E_BUSY, "TRUST_E_BUSY", "in use by another thread"},
    {TRUST_E_IO, "TRUST_E_IO", "reading, writing or connecting failed"},
    {TRUST_E_TIMEOUT, "TRUST_E_TIMEOUT", "the deadline passed"},
    {TRUST_E_CANCELLED, "TRUST_E_CANCELLED", "cancelled"},
    {TRUST_E_INTEGRITY, "TRUST_E_INTEGRITY", "a record is damaged"},
    {TRUST_E_STATE, "TRUST_E_STATE", "not possible in the present state"},
    {TRUST_E_HOST, "TRUST_E_HOST", "a callback of the host failed"},
};

const char *trust_status_name(trust_status status)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].status == status)
            return table[i].name;
    return "TRUST_E_?";
}

const char *trust_status_text(trust_status status)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].status == status)
            return table[i].text;
    return "no such status";
}

const char *trust_version(void)
{
    return TRUST_VERSION_STRING;
}
