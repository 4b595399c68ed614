/* Reads MaxMind DB files. Trust: every byte is hostile. Offsets are compared by subtraction, depth
 * and work are bounded by counters, nothing recurses. MaxMind DB File Format Specification 2.0;
 * section names in the comments are its. */

#include "format/mmdb.h"

#include <string.h>

#include "core/bytes.h"
#include "core/error.h"

#define POINTER       1u
#define EXTENDED      0u
#define SEPARATOR     16u
#define METADATA_MOST (128u * 1024u)

/* How many bytes a scalar may have; 0 for what is no scalar of a known size. */
static const struct {
    uint8_t least;
    uint8_t most;
} sizes[] = {
    [TRI_MMDB_DOUBLE] = {8, 8}, [TRI_MMDB_UINT16] = {0, 2}, [TRI_MMDB_UINT32] = {0, 4},
    [TRI_MMDB_INT32] = {0, 4},  [TRI_MMDB_UINT64] = {0, 8}, [TRI_MMDB_UINT128] = {0, 16},
    [TRI_MMDB_BOOL] = {0, 1},   [TRI_MMDB_FLOAT] = {4, 4},
};

static bool is_container(uint32_t type)
{
    return type == TRI_MMDB_MAP || type == TRI_MMDB_ARRAY;
}

static bool is_text(uint32_t type)
{
    return type == TRI_MMDB_STRING || type == TRI_MMDB_BYTES;
}

/* Bytes of the value's own content; what a container holds follows as values of their own. */
static uint32_t content_size(const tri_mmdb_value *value)
{
    return is_container(value->type) || value->type == TRI_MMDB_BOOL ? 0 : value->size;
}

static uint32_t big_endian(const uint8_t *p, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++)
        value = value << 8 | p[i];
    return value;
}

/* "Pointers": the size of @p value becomes the offset that it points to. */
static bool read_pointer(trust_bytes section, uint32_t low, tri_mmdb_value *value)
{
    static const uint32_t bias[] = {0, 2048, 526336, 0};
    uint32_t bytes = (low >> 3) + 1;
    if (section.size - value->offset < bytes)
        return false;
    uint32_t high = bytes == 4 ? 0 : (low & 7) << (8 * bytes);
    value->size = (high | big_endian(section.data + value->offset, bytes)) + bias[bytes - 1];
    value->offset += bytes;
    return true;
}

/* "Payload Size". */
static bool read_size(trust_bytes section, uint32_t low, tri_mmdb_value *value)
{
    static const uint32_t base[] = {29, 285, 65821};
    value->size = low;
    if (low < 29)
        return true;
    uint32_t bytes = low - 28;
    if (section.size - value->offset < bytes)
        return false;
    value->size = base[bytes - 1] + big_endian(section.data + value->offset, bytes);
    value->offset += bytes;
    return true;
}

/* The size fits the type, and the content fits the section. An entry of an array takes a byte at
 * least, one of a map two. */
static bool fits(trust_bytes section, const tri_mmdb_value *value)
{
    size_t left = section.size - value->offset;
    if (value->type == TRI_MMDB_MAP)
        return value->size <= left / 2;
    if (value->type != TRI_MMDB_ARRAY && !is_text(value->type)) {
        if (value->type >= sizeof sizes / sizeof sizes[0] || sizes[value->type].most == 0 ||
            value->size < sizes[value->type].least || value->size > sizes[value->type].most)
            return false;
        return content_size(value) <= left;
    }
    return value->size <= left;
}

/* The field at @p offset, a pointer not followed: then type is POINTER, size its target, offset
 * the byte behind it. */
static bool read_field(trust_bytes section, uint32_t offset, tri_mmdb_value *out)
{
    if (offset >= section.size)
        return false;
    uint32_t control = section.data[offset];
    tri_mmdb_value value = {control >> 5, 0, offset + 1};
    if (value.type == POINTER) {
        if (!read_pointer(section, control & 31, &value))
            return false;
    } else {
        if (value.type == EXTENDED) {
            if (section.size - value.offset < 1)
                return false;
            value.type = section.data[value.offset++] + 7u;
            if (value.type <= TRI_MMDB_MAP)
                return false;
        }
        if (!read_size(section, control & 31, &value) || !fits(section, &value))
            return false;
    }
    *out = value;
    return true;
}

/* The value at @p offset, one pointer followed: a pointer to a pointer is illegal. @p next is the
 * byte behind the field itself, which for a container that stands in place is its first entry. */
static bool read_value(trust_bytes section, uint32_t offset, tri_mmdb_value *out, uint32_t *next)
{
    tri_mmdb_value value;
    if (!read_field(section, offset, &value))
        return false;
    *next = value.offset + (value.type == POINTER ? 0 : content_size(&value));
    if (value.type == POINTER &&
        (!read_field(section, value.size, &value) || value.type == POINTER))
        return false;
    *out = value;
    return true;
}

/* Move *offset behind the value that stands there, all that it holds included; pointers are not
 * followed. @p steps is what may still be spent. */
static bool skip_value(trust_bytes section, uint32_t *offset, uint32_t *steps)
{
    uint32_t left[TRI_MMDB_MAX_DEPTH + 1] = {1};
    size_t depth = 0;
    uint32_t at = *offset;
    for (;;) {
        while (left[depth] == 0) {
            if (depth == 0) {
                *offset = at;
                return true;
            }
            depth--;
        }
        left[depth]--;
        tri_mmdb_value value;
        if (*steps == 0 || !read_field(section, at, &value))
            return false;
        (*steps)--;
        at = value.offset + (value.type == POINTER ? 0 : content_size(&value));
        if (!is_container(value.type))
            continue;
        if (depth == TRI_MMDB_MAX_DEPTH)
            return false;
        left[++depth] = value.type == TRI_MMDB_MAP ? 2 * value.size : value.size;
    }
}

/* One member of the map @p value, which is replaced. */
static bool find_member(trust_bytes section, tri_mmdb_value *value, trust_bytes name)
{
    if (value->type != TRI_MMDB_MAP)
        return false;
    uint32_t at = value->offset;
    uint32_t steps = TRI_MMDB_MAX_VALUES;
    for (uint32_t left = value->size; left > 0 && steps > 0; left--) {
        tri_mmdb_value key, found;
        uint32_t next;
        if (!read_value(section, at, &key, &at) || key.type != TRI_MMDB_STRING)
            return false;
        if (tri_same((trust_bytes){section.data + key.offset, key.size}, name)) {
            if (!read_value(section, at, &found, &next))
                return false;
            *value = found;
            return true;
        }
        steps--;
        if (!skip_value(section, &at, &steps))
            return false;
    }
    return false;
}

static bool find_path(trust_bytes section, const tri_mmdb_value *record, const char *const *path,
                      tri_mmdb_value *out)
{
    tri_mmdb_value value = *record;
    for (; *path != NULL; path++)
        if (!find_member(section, &value, tri_bytes(*path)))
            return false;
    *out = value;
    return true;
}

static bool to_uint(trust_bytes section, const tri_mmdb_value *value, uint64_t *out)
{
    if (value->type != TRI_MMDB_UINT16 && value->type != TRI_MMDB_UINT32 &&
        value->type != TRI_MMDB_UINT64)
        return false;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < value->size; i++)
        sum = sum << 8 | section.data[value->offset + i];
    *out = sum;
    return true;
}

static bool to_string(trust_bytes section, const tri_mmdb_value *value, trust_bytes *out)
{
    if (value->type != TRI_MMDB_STRING)
        return false;
    *out = (trust_bytes){section.data + value->offset, value->size};
    return true;
}

/* What was found good already, two bits an offset of the section: that value decodes; that record
 * was shown to the caller. */
enum { DECODES = 1, SHOWN = 2 };

static bool marked(const uint8_t *scratch, uint32_t offset, unsigned bit)
{
    return ((unsigned)scratch[offset / 4] >> (offset % 4 * 2) & bit) != 0;
}

static void mark(uint8_t *scratch, uint32_t offset, unsigned bit)
{
    scratch[offset / 4] = (uint8_t)(scratch[offset / 4] | bit << (offset % 4 * 2));
}

/* A container, or the target of a pointer, that is being validated. */
typedef struct frame {
    uint32_t left;   /* values still to come; of a map, keys and values alternate */
    uint32_t target; /* offset to mark once it is done, or NO_TARGET */
    uint32_t resume; /* where its parent goes on, for a target */
    bool map;
} frame;

#define NO_TARGET UINT32_MAX

typedef struct checker {
    trust_bytes section;
    uint8_t *scratch; /* NULL: nothing is remembered */
    frame stack[TRI_MMDB_MAX_DEPTH + 1];
    size_t depth;
    uint32_t at;
    uint32_t steps;   /* values that may still follow */
    uint64_t *budget; /* bytes that the whole walk may still look at */
} checker;

static trust_status push(checker *check, frame next)
{
    if (check->depth == TRI_MMDB_MAX_DEPTH)
        return TRUST_E_LIMIT;
    check->stack[++check->depth] = next;
    return TRUST_OK;
}

/* Leave what is done. False when everything is. */
static bool settle(checker *check)
{
    while (check->stack[check->depth].left == 0) {
        const frame *done = &check->stack[check->depth];
        if (done->target != NO_TARGET) {
            if (check->scratch != NULL)
                mark(check->scratch, done->target, DECODES);
            check->at = done->resume;
        }
        if (check->depth == 0)
            return false;
        check->depth--;
    }
    return true;
}

/* A pointer: go to its target, unless that is known to be good. */
static trust_status follow(checker *check, const tri_mmdb_value *pointer, bool key)
{
    tri_mmdb_value target;
    if (!read_field(check->section, pointer->size, &target) || target.type == POINTER ||
        (key && target.type != TRI_MMDB_STRING))
        return TRUST_E_FORMAT;
    check->at = pointer->offset;
    if (check->scratch != NULL && marked(check->scratch, pointer->size, DECODES))
        return TRUST_OK;
    trust_status status = push(check, (frame){1, pointer->size, pointer->offset, false});
    if (status == TRUST_OK)
        check->at = pointer->size;
    return status;
}

/* The next field: a scalar is judged, a container or a target opened. */
static trust_status check_field(checker *check)
{
    frame *top = &check->stack[check->depth];
    bool key = top->map && top->left % 2 == 0;
    top->left--;
    tri_mmdb_value value;
    if (!read_field(check->section, check->at, &value))
        return TRUST_E_FORMAT;
    uint64_t cost = 1 + (value.type == POINTER ? 0 : content_size(&value));
    if (check->steps == 0 || cost > *check->budget)
        return TRUST_E_LIMIT;
    check->steps--;
    *check->budget -= cost;
    if (value.type == POINTER)
        return follow(check, &value, key);
    if (key && value.type != TRI_MMDB_STRING)
        return TRUST_E_FORMAT;
    if (value.type == TRI_MMDB_STRING &&
        !tri_utf8((trust_bytes){check->section.data + value.offset, value.size}))
        return TRUST_E_FORMAT;
    check->at = value.offset + content_size(&value);
    if (!is_container(value.type))
        return TRUST_OK;
    bool map = value.type == TRI_MMDB_MAP;
    return push(check, (frame){map ? 2 * value.size : value.size, NO_TARGET, 0, map});
}

/* The value at @p offset and everything below it. On failure *where is the place. A loop of
 * pointers ends at the bound of depth, shared parts are looked at once. */
static trust_status check_value(trust_bytes section, uint32_t offset, uint8_t *scratch,
                                uint64_t *budget, uint32_t *where)
{
    checker check = {section, scratch, {{1, offset, 0, false}}, 0, offset, TRI_MMDB_MAX_VALUES,
                     budget};
    if (scratch != NULL && marked(scratch, offset, DECODES))
        return TRUST_OK;
    while (settle(&check)) {
        uint32_t at = check.at;
        trust_status status = check_field(&check);
        if (status != TRUST_OK) {
            *where = at;
            return status;
        }
    }
    return TRUST_OK;
}

static const char marker[] = "\xAB\xCD\xEFMaxMind.com";
#define MARKER_SIZE (sizeof marker - 1)

/* The last marker that the format allows, as the offset of its first byte. */
static bool find_marker(trust_bytes file, size_t *out)
{
    size_t lowest = file.size > METADATA_MOST ? file.size - METADATA_MOST : 0;
    if (file.size < MARKER_SIZE)
        return false;
    for (size_t at = file.size - MARKER_SIZE + 1; at-- > lowest;) {
        if (memcmp(file.data + at, marker, MARKER_SIZE) == 0) {
            *out = at;
            return true;
        }
    }
    return false;
}

static bool metadata_uint(trust_bytes section, const tri_mmdb_value *map, const char *name,
                          uint64_t most, uint64_t *out)
{
    tri_mmdb_value value = *map;
    return find_member(section, &value, tri_bytes(name)) && to_uint(section, &value, out) &&
           *out <= most;
}

static trust_status read_metadata(trust_bytes section, size_t base, tri_mmdb *db, trust_error *err)
{
    uint32_t where = 0, next;
    tri_mmdb_value map;
    uint64_t budget = METADATA_MOST;
    trust_status status = check_value(section, 0, NULL, &budget, &where);
    if (status != TRUST_OK || !read_value(section, 0, &map, &next) || map.type != TRI_MMDB_MAP)
        return tri_fail_at(err, status != TRUST_OK ? status : TRUST_E_FORMAT, base + where,
                           "the metadata is no map that decodes");
    uint64_t nodes, record, version, major, minor;
    tri_mmdb_value type = map;
    if (!metadata_uint(section, &map, "binary_format_major_version", UINT16_MAX, &major) ||
        !metadata_uint(section, &map, "binary_format_minor_version", UINT16_MAX, &minor) ||
        !metadata_uint(section, &map, "node_count", UINT32_MAX, &nodes) ||
        !metadata_uint(section, &map, "record_size", UINT16_MAX, &record) ||
        !metadata_uint(section, &map, "ip_version", UINT16_MAX, &version) ||
        !metadata_uint(section, &map, "build_epoch", UINT64_MAX, &db->build_epoch) ||
        !find_member(section, &type, tri_bytes("database_type")) ||
        !to_string(section, &type, &db->type))
        return tri_fail_at(err, TRUST_E_FORMAT, base,
                           "the metadata lacks a required key, or one is of another type");
    if (major != 2)
        return tri_fail_at(err, TRUST_E_UNSUPPORTED, base, "not format version 2 of MaxMind DB");
    if (record != 24 && record != 28 && record != 32)
        return tri_fail_at(err, TRUST_E_UNSUPPORTED, base, "the record size is not 24, 28 or 32");
    if ((version != 4 && version != 6) || nodes == 0)
        return tri_fail_at(err, TRUST_E_FORMAT, base, "the IP version or the node count is wrong");
    db->node_count = (uint32_t)nodes;
    db->record_size = (uint32_t)record;
    db->ip_version = (uint32_t)version;
    return TRUST_OK;
}

/* One of the two records of a node that exists. */
static uint32_t tree_record(const tri_mmdb *db, uint32_t node, unsigned side)
{
    size_t width = db->record_size / 4;
    const uint8_t *p = db->file.data + node * width;
    if (db->record_size == 32)
        return tri_be32(p + 4 * side);
    uint32_t low = big_endian(p + (side == 0 ? 0 : width - 3), 3);
    if (db->record_size == 24)
        return low;
    return low | (uint32_t)(side == 0 ? p[3] >> 4 : p[3] & 15) << 24;
}

static bool is_node(const tri_mmdb *db, uint32_t record)
{
    return record < db->node_count;
}

static uint32_t find_ipv4_start(const tri_mmdb *db)
{
    uint32_t record = 0;
    for (int bit = 0; db->ip_version == 6 && bit < 96 && is_node(db, record); bit++)
        record = tree_record(db, record, 0);
    return record;
}

/* Where in the data section a record points; false for "nothing there" and for what is outside. */
static bool data_offset(const tri_mmdb *db, uint32_t record, uint32_t *out)
{
    if (record < db->node_count || record - db->node_count < SEPARATOR ||
        record - db->node_count - SEPARATOR >= db->data.size)
        return false;
    *out = record - db->node_count - SEPARATOR;
    return true;
}

trust_status tri_mmdb_open(trust_bytes file, tri_mmdb *out, trust_error *err)
{
    static const uint8_t separator[SEPARATOR];
    size_t at;
    if (!find_marker(file, &at))
        return tri_fail(err, TRUST_E_FORMAT, "no MaxMind DB metadata in the last 128 KiB");
    tri_mmdb db = {.file = file};
    size_t base = at + MARKER_SIZE;
    trust_status status =
        read_metadata((trust_bytes){file.data + base, file.size - base}, base, &db, err);
    if (status != TRUST_OK)
        return status;
    uint64_t tree = (uint64_t)db.node_count * (db.record_size / 4);
    if (tree > at || at - tree < SEPARATOR)
        return tri_fail_at(err, TRUST_E_FORMAT, base, "the search tree is larger than the file");
    size_t begin = (size_t)tree;
    if (memcmp(file.data + begin, separator, SEPARATOR) != 0)
        return tri_fail_at(err, TRUST_E_FORMAT, begin, "the separator behind the tree is not zero");
    db.data = (trust_bytes){file.data + begin + SEPARATOR, at - begin - SEPARATOR};
    if (db.data.size >= NO_TARGET)
        return tri_fail_at(err, TRUST_E_LIMIT, begin, "the data section is larger than 4 GiB");
    db.ipv4_start = find_ipv4_start(&db);
    *out = db;
    return TRUST_OK;
}

size_t tri_mmdb_scratch(const tri_mmdb *db)
{
    return db->data.size / 4 + 1;
}

static trust_status check_record(const tri_mmdb *db, uint32_t record, tri_mmdb_walk *walk,
                                 trust_error *err)
{
    size_t data = (size_t)(db->data.data - db->file.data);
    uint32_t offset, where, next;
    if (record == db->node_count)
        return TRUST_OK;
    if (!data_offset(db, record, &offset))
        return tri_fail_at(err, TRUST_E_FORMAT, 0, "a record of the tree points outside the data");
    walk->prefixes++;
    if (marked(walk->scratch, offset, SHOWN))
        return TRUST_OK;
    mark(walk->scratch, offset, SHOWN);
    trust_status status = check_value(db->data, offset, walk->scratch, &walk->budget, &where);
    if (status != TRUST_OK)
        return tri_fail_at(err, status, data + where,
                           status == TRUST_E_LIMIT ? "a record is nested too deeply or too large"
                                                   : "a value does not decode");
    tri_mmdb_value value;
    if (walk->record == NULL || !read_value(db->data, offset, &value, &next))
        return TRUST_OK;
    status = walk->record(walk->user, db, &value, err);
    if (status != TRUST_OK && err != NULL)
        err->offset = data + offset;
    return status;
}

/* A second way to the IPv4 tree, such as 2002::/16: its natural place is the leftmost path. */
static bool is_alias(const tri_mmdb *db, uint32_t node, bool leftmost)
{
    return db->ip_version == 6 && node == db->ipv4_start && !leftmost;
}

/* The way from the root to the place that the walk has reached. */
typedef struct way {
    struct {
        uint32_t node;
        uint8_t side;  /* the record to look at next; 2 when both are done */
        bool leftmost; /* the way here went left only */
    } steps[128];
    size_t depth;
} way;

/* Go into a node that a record names, unless it is an alias: then what it leads to is walked at its
 * natural place. */
static trust_status enter_node(const tri_mmdb *db, way *path, uint32_t node, bool leftmost,
                               uint64_t *visits, trust_error *err)
{
    size_t bits = db->ip_version == 6 ? 128 : 32;
    if (is_alias(db, node, leftmost)) {
        for (size_t i = 0; i < path->depth; i++)
            if (path->steps[i].node == node)
                return tri_fail(err, TRUST_E_FORMAT, "the search tree has a loop");
        return TRUST_OK;
    }
    if (path->depth == bits || (*visits)-- == 0)
        return tri_fail(err, TRUST_E_FORMAT, "the search tree has a loop");
    path->steps[path->depth].node = node;
    path->steps[path->depth].side = 0;
    path->steps[path->depth++].leftmost = leftmost;
    return TRUST_OK;
}

trust_status tri_mmdb_check(const tri_mmdb *db, tri_mmdb_walk *walk, trust_error *err)
{
    way path = {{{0, 0, true}}, 1};
    uint64_t visits = 4 * (uint64_t)db->node_count + 1024;
    walk->prefixes = 0;
    /* Twice what a file needs whose records share only what they point to. */
    walk->budget = 2 * (uint64_t)db->data.size + 1024;
    while (path.depth > 0) {
        size_t top = path.depth - 1;
        if (path.steps[top].side == 2) {
            path.depth--;
            continue;
        }
        unsigned side = path.steps[top].side++;
        bool leftmost = path.steps[top].leftmost && side == 0;
        uint32_t record = tree_record(db, path.steps[top].node, side);
        trust_status status = is_node(db, record)
                                  ? enter_node(db, &path, record, leftmost, &visits, err)
                                  : check_record(db, record, walk, err);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

bool tri_mmdb_find(const tri_mmdb *db, const uint8_t address[16], tri_mmdb_value *out)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    bool ipv4 = memcmp(address, mapped, sizeof mapped) == 0;
    if (!ipv4 && db->ip_version == 4)
        return false;
    uint32_t record = ipv4 ? db->ipv4_start : 0;
    for (size_t bit = ipv4 ? 96 : 0; bit < 128 && is_node(db, record); bit++)
        record = tree_record(db, record, address[bit / 8] >> (7 - bit % 8) & 1);
    uint32_t offset, next;
    return data_offset(db, record, &offset) && read_value(db->data, offset, out, &next);
}

bool tri_mmdb_get(const tri_mmdb *db, const tri_mmdb_value *record, const char *const *path,
                  tri_mmdb_value *out)
{
    return find_path(db->data, record, path, out);
}

tri_mmdb_iter tri_mmdb_entries(const tri_mmdb_value *container)
{
    return (tri_mmdb_iter){container->offset, is_container(container->type) ? container->size : 0,
                           container->type == TRI_MMDB_MAP};
}

bool tri_mmdb_next(const tri_mmdb *db, tri_mmdb_iter *iter, trust_bytes *key, tri_mmdb_value *value)
{
    trust_bytes name = {NULL, 0};
    tri_mmdb_value found;
    uint32_t at = iter->at;
    uint32_t next;
    uint32_t steps = TRI_MMDB_MAX_VALUES;
    if (iter->left == 0)
        return false;
    if (iter->keyed &&
        (!read_value(db->data, at, &found, &at) || !to_string(db->data, &found, &name)))
        return false;
    if (!read_value(db->data, at, &found, &next) || !skip_value(db->data, &at, &steps))
        return false;
    *key = name;
    *value = found;
    iter->at = at;
    iter->left--;
    return true;
}

bool tri_mmdb_string(const tri_mmdb *db, const tri_mmdb_value *value, trust_bytes *out)
{
    return to_string(db->data, value, out);
}

bool tri_mmdb_uint(const tri_mmdb *db, const tri_mmdb_value *value, uint64_t *out)
{
    return to_uint(db->data, value, out);
}

bool tri_mmdb_bool(const tri_mmdb *db, const tri_mmdb_value *value, bool *out)
{
    (void)db;
    if (value->type != TRI_MMDB_BOOL)
        return false;
    *out = value->size != 0;
    return true;
}

bool tri_mmdb_real(const tri_mmdb *db, const tri_mmdb_value *value, uint64_t *bits)
{
    if (value->type != TRI_MMDB_DOUBLE)
        return false;
    *bits = tri_be64(db->data.data + value->offset);
    return true;
}
