/* Members of a scene's steps, and how outcomes are written down. */

#include "scenes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

void bad_scene(const world *w, const char *what, const char *which)
{
    fprintf(stderr, "%s, step %d: %s %s\n", w->scene, w->step, what, which != NULL ? which : "");
    exit(2);
}

void *room(world *w, size_t size)
{
    void **blocks = realloc(w->blocks, (w->block_count + 1) * sizeof *blocks);
    void *block = calloc(1, size + 1);
    if (blocks == NULL || block == NULL)
        bad_scene(w, "no memory", NULL);
    w->blocks = blocks;
    return w->blocks[w->block_count++] = block;
}

const cJSON *member(const cJSON *step, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(step, name);
}

const char *text_of(const cJSON *step, const char *name)
{
    return cJSON_GetStringValue(member(step, name));
}

int64_t number_of(const cJSON *step, const char *name, int64_t otherwise)
{
    const cJSON *value = member(step, name);
    return cJSON_IsNumber(value) ? (int64_t)value->valuedouble : otherwise;
}

static trust_time time_from(world *w, const cJSON *value)
{
    trust_time time;
    const char *text = cJSON_GetStringValue(value);
    if (cJSON_IsNull(value))
        return TRUST_TIME_UNKNOWN;
    if (text != NULL && strcmp(text, "never") == 0)
        return TRUST_TIME_NEVER;
    if (text == NULL || trust_time_parse(text, strlen(text), &time) != TRUST_OK)
        bad_scene(w, "no time:", text);
    return time;
}

trust_time time_of(world *w, const cJSON *step, const char *name, trust_time otherwise)
{
    const cJSON *value = member(step, name);
    return value != NULL ? time_from(w, value) : otherwise;
}

static trust_bytes text_bytes(const char *text)
{
    return (trust_bytes){(const uint8_t *)text, strlen(text)};
}

static uint8_t *copy_of(world *w, trust_bytes data)
{
    uint8_t *copy = room(w, data.size);
    if (data.size > 0)
        memcpy(copy, data.data, data.size);
    return copy;
}

static trust_bytes copied(world *w, trust_bytes data)
{
    return (trust_bytes){copy_of(w, data), data.size};
}

static trust_bytes joined(world *w, const cJSON *list, const char *between)
{
    trust_bytes all = {NULL, 0};
    const cJSON *one;
    uint8_t *out = NULL;
    cJSON_ArrayForEach(one, list)
    {
        trust_bytes part = bytes_of(w, one);
        size_t gap = one != list->child ? strlen(between) : 0;
        out = realloc(out, all.size + gap + part.size + 1);
        if (out == NULL)
            bad_scene(w, "no memory", NULL);
        memcpy(out + all.size, between, gap);
        if (part.size > 0)
            memcpy(out + all.size + gap, part.data, part.size);
        all.size += gap + part.size;
    }
    all.data = out;
    all = copied(w, all);
    free(out);
    return all;
}

static trust_bytes from_hex(world *w, const char *text)
{
    size_t len = strlen(text) / 2;
    uint8_t *out = room(w, len);
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1)
            bad_scene(w, "no hexadecimal:", text);
        out[i] = (uint8_t)byte;
    }
    return (trust_bytes){out, len};
}

static trust_bytes from_file(world *w, const char *path)
{
    size_t len = 0;
    uint8_t *read = read_file(path, &len);
    if (read == NULL)
        bad_scene(w, "cannot read", path);
    trust_bytes data = copied(w, (trust_bytes){read, len});
    free(read);
    return data;
}

static trust_bytes base64url(world *w, trust_bytes data)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char *out = room(w, data.size * 4 / 3 + 4);
    size_t len = 0;
    for (size_t i = 0; i < data.size; i += 3) {
        size_t left = data.size - i < 3 ? data.size - i : 3;
        uint32_t group = (uint32_t)data.data[i] << 16;
        group |= left > 1 ? (uint32_t)data.data[i + 1] << 8 : 0;
        group |= left > 2 ? data.data[i + 2] : 0;
        for (size_t k = 0; k <= left; k++)
            out[len++] = digits[group >> (18 - 6 * k) & 63];
    }
    return (trust_bytes){(uint8_t *)out, len};
}

static trust_bytes repeated(world *w, trust_bytes one, size_t times)
{
    uint8_t *out = room(w, one.size * times);
    for (size_t i = 0; i < times && one.size > 0; i++)
        memcpy(out + i * one.size, one.data, one.size);
    return (trust_bytes){out, one.size * times};
}

/* Bytes made of other bytes: some flipped in their lowest bit, cut, repeated. */
static trust_bytes changed(world *w, const cJSON *value)
{
    trust_bytes data = bytes_of(w, member(value, "of"));
    uint8_t *own = copy_of(w, data);
    const cJSON *place;
    cJSON_ArrayForEach(place, member(value, "flip"))
    {
        int64_t at = (int64_t)place->valuedouble;
        at += at < 0 ? (int64_t)data.size : 0;
        if (at < 0 || at >= (int64_t)data.size)
            bad_scene(w, "nothing to flip", NULL);
        own[at] ^= 1;
    }
    data.data = own;
    int64_t cut = number_of(value, "cut", (int64_t)data.size);
    data.size = cut < (int64_t)data.size ? (size_t)cut : data.size;
    return repeated(w, data, (size_t)number_of(value, "repeat", 1));
}

static trust_bytes from_saved(world *w, const char *name)
{
    for (size_t i = 0; i < SCENE_NAMES && w->saved[i].name != NULL; i++)
        if (strcmp(w->saved[i].name, name) == 0)
            return w->saved[i].data;
    bad_scene(w, "nothing is saved as", name);
}

trust_bytes bytes_of(world *w, const cJSON *value)
{
    const char *text;
    if (value == NULL || cJSON_IsNull(value))
        return (trust_bytes){NULL, 0};
    if ((text = cJSON_GetStringValue(value)) != NULL)
        return text_bytes(text);
    if (member(value, "of") != NULL)
        return changed(w, value);
    if (member(value, "join") != NULL)
        return joined(w, member(value, "join"), "");
    if (member(value, "lines") != NULL)
        return joined(w, member(value, "lines"), "\n");
    if (member(value, "base64url") != NULL)
        return base64url(w, bytes_of(w, member(value, "base64url")));
    if ((text = text_of(value, "hex")) != NULL)
        return from_hex(w, text);
    if ((text = text_of(value, "file")) != NULL)
        return from_file(w, project_path(text));
    if ((text = text_of(value, "vector")) != NULL)
        return from_file(w, vectors_path(text));
    if ((text = text_of(value, "saved")) != NULL)
        return from_saved(w, text);
    bad_scene(w, "no bytes:", value->string);
}

trust_signer *signer_of(world *w, const cJSON *value, uint32_t use)
{
    uint8_t seed[32];
    trust_signer *signer = NULL;
    if (!cJSON_IsNumber(value))
        bad_scene(w, "no key pair", NULL);
    memset(seed, (int)value->valuedouble, sizeof seed);
    if (trust_signer_new_seed(seed, use, &signer) != TRUST_OK)
        bad_scene(w, "no signer", NULL);
    return signer;
}

const uint8_t (*keys_of(world *w, const cJSON *list, size_t *count))[32]
{
    uint8_t(*keys)[32] = room(w, (size_t)cJSON_GetArraySize(list) * 32);
    const cJSON *one;
    *count = 0;
    cJSON_ArrayForEach(one, list)
    {
        if (cJSON_IsNumber(one)) {
            trust_signer *signer = signer_of(w, one, TRUST_USE_DEVICE);
            trust_signer_public_key(signer, keys[(*count)++]);
            trust_signer_free(signer);
            continue;
        }
        trust_bytes key = bytes_of(w, one);
        if (key.size != 32)
            bad_scene(w, "a key has 32 bytes", NULL);
        memcpy(keys[(*count)++], key.data, 32);
    }
    return (const uint8_t(*)[32])keys;
}

const trust_attribute *attributes_of(world *w, const cJSON *object, size_t *count)
{
    trust_attribute *attributes =
        room(w, (size_t)cJSON_GetArraySize(object) * sizeof(trust_attribute));
    const cJSON *one;
    *count = 0;
    cJSON_ArrayForEach(one, object)
    {
        attributes[*count].name = one->string;
        attributes[(*count)++].value = cJSON_GetStringValue(one);
    }
    return attributes;
}

uint32_t word_of(world *w, const char *word, const char *(*name)(uint32_t))
{
    for (uint32_t i = 0; word != NULL && i < 32; i++)
        if (strcmp(name(i), word) == 0)
            return i;
    bad_scene(w, "no such word:", word);
}

uint32_t origin_of(world *w, const cJSON *step)
{
    const char *word = text_of(step, "from");
    return word_of(w, word != NULL ? word : "device", trust_origin_name);
}

uint32_t kind_of(world *w, const char *name)
{
    uint32_t kind = name != NULL ? trust_kind_id(name, strlen(name)) : TRUST_KIND_NONE;
    if (kind == TRUST_KIND_NONE)
        bad_scene(w, "no such kind:", name);
    return kind;
}

void save(world *w, const cJSON *step, trust_bytes data)
{
    const char *name = text_of(step, "as");
    if (name == NULL)
        return;
    for (size_t i = 0; i < SCENE_NAMES; i++) {
        if (w->saved[i].name != NULL && strcmp(w->saved[i].name, name) != 0)
            continue;
        w->saved[i].name = name;
        w->saved[i].data = copied(w, data);
        return;
    }
    bad_scene(w, "too much is saved:", name);
}

void put_hex(world *w, const char *before, trust_bytes data)
{
    fprintf(w->out, "%s ", before);
    for (size_t i = 0; i < data.size; i++)
        fprintf(w->out, "%02x", data.data[i]);
    fputc('\n', w->out);
}

const char *show_time(world *w, trust_time time)
{
    char *text = room(w, 32);
    if (trust_time_format(time, text, 32) != TRUST_OK)
        bad_scene(w, "a time that cannot be written", NULL);
    return text;
}

void put_error(world *w, trust_status status, const trust_error *err)
{
    fprintf(w->out, "! %s", trust_status_name(status));
    bool stopped =
        status == TRUST_E_TIMEOUT || status == TRUST_E_CANCELLED; /* each language says it */
    if (err != NULL && !stopped)
        fprintf(w->out, " line %u column %u offset %llu at \"%s\": %s", (unsigned)err->line,
                (unsigned)err->column, (unsigned long long)err->offset, err->where, err->message);
    fputc('\n', w->out);
}

void put_text(world *w, text_call call, const void *what)
{
    size_t len = 0;
    trust_status status = call(what, NULL, 0, &len);
    char *text = room(w, len);
    if (status == TRUST_E_LIMIT)
        status = call(what, text, len + 1, &len);
    if (status != TRUST_OK)
        put_error(w, status, NULL);
    else
        fprintf(w->out, "%s%s", text, len > 0 && text[len - 1] == '\n' ? "" : "\n");
}

void put_row(world *w, const char *name, const trust_row *row)
{
    fprintf(w->out, "row %s type=%u index=%u %s points=%d millibits=%d certainty=%u %s ", name,
            (unsigned)row->type, (unsigned)row->index,
            row->type == TRUST_ROW_SIGNAL ? trust_state_name(row->state) : "stateless", row->points,
            row->millibits, (unsigned)row->certainty, trust_reason_code(row->reason));
    if (row->finding == UINT32_MAX)
        fputs("no finding\n", w->out);
    else
        fprintf(w->out, "finding %u\n", (unsigned)row->finding);
}

const char *kind_text(uint32_t kind)
{
    static char number[16];
    const char *name = trust_kind_name(kind);
    snprintf(number, sizeof number, "%u", (unsigned)kind);
    return name != NULL ? name : number;
}

void put_finding(world *w, const trust_finding *finding)
{
    fprintf(w->out, "finding %s source=%u %s %s value=%d quality=%u %s %s ",
            kind_text(finding->kind), (unsigned)finding->source, trust_state_name(finding->state),
            trust_origin_name(finding->origin), finding->value, (unsigned)finding->quality,
            show_time(w, finding->time), trust_reason_code(finding->reason));
    if (finding->item == TRUST_NO_ITEM)
        fputs("no item", w->out);
    else
        fprintf(w->out, "item %u", (unsigned)finding->item);
    fprintf(w->out, " expected=%lld seen=%lld\n", (long long)finding->expected,
            (long long)finding->seen);
}

void put_summary(world *w, const trust_policy_summary *s)
{
    fprintf(w->out,
            "verdict %s natural=%s risk=%d range=%d..%d uncertainty=%d adverse=%d held=%u "
            "profile=%u unsure=%u stage=%u flaps=%u overridden=%u probability=%d since=%s "
            "stage_since=%s\n",
            trust_verdict_name(s->verdict), trust_verdict_name(s->natural), s->risk, s->lowest,
            s->highest, s->uncertainty, s->adverse, (unsigned)s->held, (unsigned)s->profile,
            (unsigned)s->unsure, (unsigned)s->stage, (unsigned)s->flaps, (unsigned)s->overridden,
            s->probability, show_time(w, s->since), show_time(w, s->stage_since));
    for (size_t i = 0; i < 3 && s->reasons[i] != 0; i++) {
        fprintf(w->out, "reason %s ", trust_reason_code(s->reasons[i]));
        if (s->subjects[i] == UINT32_MAX)
            fputs("no row\n", w->out);
        else
            fprintf(w->out, "row %u\n", (unsigned)s->subjects[i]);
    }
}

void put_actions(world *w, const trust_policy_action *actions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fprintf(w->out, "action %s %u %s\n", actions[i].name, (unsigned)actions[i].id,
                trust_reason_code(actions[i].reason));
}
