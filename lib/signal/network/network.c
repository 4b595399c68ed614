/* The network signal: what the address that a device connects from says of its place and of its
 * company. Trust: the host observed the address; the attributes are registered; the table was
 * validated when it was built. */

#include "signal/signal.h"

#include <string.h>

#include <trust/evidence.h>

#include "core/bytes.h"
#include "core/reason.h"
#include "reference/table.h"

/* Surprise, in permille, of a device outside its countries: devices move and databases err, so it
 * is much, not all. */
#define UNEXPECTED 800
/* Behind a VPN, Tor or a proxy the exit's place says little of the device's. */
#define ANONYMISED_QUALITY (TRUST_QUALITY_FULL / 4)
#define ANONYMISED         (1u << TRUST_LIST_VPN | 1u << TRUST_LIST_TOR | 1u << TRUST_LIST_PROXY)

/* Two letters as one number, upper case; 0 for anything else. */
static int64_t country_code(trust_bytes text)
{
    if (text.size != 2)
        return 0;
    uint8_t first = text.data[0] & 0xDF;
    uint8_t second = text.data[1] & 0xDF;
    if (first < 'A' || first > 'Z' || second < 'A' || second > 'Z')
        return 0;
    return first << 8 | second;
}

/* Look for @p seen in a list such as "DE, AT". @p first becomes its first country, 0 without one.
 */
static bool among(trust_bytes list, int64_t seen, int64_t *first)
{
    bool found = false;
    *first = 0;
    for (size_t at = 0; at < list.size; at++) {
        size_t begin = at;
        while (at < list.size && list.data[at] != ',')
            at++;
        size_t end = at;
        while (begin < end && list.data[begin] == ' ')
            begin++;
        while (end > begin && list.data[end - 1] == ' ')
            end--;
        int64_t code = country_code((trust_bytes){list.data + begin, end - begin});
        if (*first == 0)
            *first = code;
        found = found || (code != 0 && code == seen);
    }
    return found;
}

static void judge_place(const trust_appraisal *appraisal, const trust_address_info *info,
                        trust_finding *out)
{
    trust_bytes registered = trust_appraisal_attribute(appraisal, "country");
    int64_t seen = country_code(tri_bytes(info->country));
    bool inside = among(registered, seen, &out->expected);
    out->kind = TRUST_KIND_PLACE;
    out->seen = seen;
    if (info->address_class != TRUST_ADDRESS_GLOBAL) {
        out->reason = TRI_REASON_ADDRESS_NOT_GLOBAL;
    } else if (out->expected == 0) {
        out->reason = TRI_REASON_PLACE_UNREGISTERED;
    } else if (seen == 0) {
        out->reason = TRI_REASON_PLACE_UNKNOWN;
    } else {
        out->state = TRUST_STATE_VALID;
        out->value = inside ? 0 : UNEXPECTED;
        out->reason = inside ? TRI_REASON_PLACE_OK : TRI_REASON_PLACE_UNEXPECTED;
    }
    if ((info->categories & ANONYMISED) != 0)
        out->quality = ANONYMISED_QUALITY;
}

static void judge_reputation(const trust_address_info *info, trust_finding *out)
{
    out->kind = TRUST_KIND_REPUTATION;
    out->seen = info->weight;
    if (info->address_class != TRUST_ADDRESS_GLOBAL) {
        out->reason = TRI_REASON_ADDRESS_NOT_GLOBAL;
        return;
    }
    out->state = TRUST_STATE_VALID;
    out->value = (int32_t)info->weight;
    out->reason = info->lists != 0 ? TRI_REASON_ADDRESS_LISTED : TRI_REASON_ADDRESS_CLEAN;
}

/* What each address says, of both kinds. */
typedef struct said {
    trust_finding place[TRUST_MAX_ITEMS];
    trust_finding reputation[TRUST_MAX_ITEMS];
    size_t count;
} said;

static trust_status judge_address(const trust_appraisal *appraisal, const tri_item *item,
                                  size_t index, said *out)
{
    trust_address address;
    trust_address_info info;
    memcpy(address.bytes, item->data.data, sizeof address.bytes);
    trust_status status = trust_table_find(appraisal->table, &address, &info);
    if (status != TRUST_OK)
        return status;
    trust_finding finding = {.state = TRUST_STATE_NOT_REQUESTED,
                             .origin = item->origin,
                             .quality = TRUST_QUALITY_FULL,
                             .time = tri_item_time(appraisal, item),
                             .item = (uint32_t)index};
    out->place[out->count] = out->reputation[out->count] = finding;
    judge_place(appraisal, &info, &out->place[out->count]);
    judge_reputation(&info, &out->reputation[out->count]);
    out->count++;
    return TRUST_OK;
}

static bool worse(const trust_finding *a, const trust_finding *b)
{
    bool known = a->state == TRUST_STATE_VALID;
    if (known != (b->state == TRUST_STATE_VALID))
        return known;
    return known && a->value > b->value;
}

/* The worst first, in the order of the items where they are alike: where there are too many, none
 * that is left out is worse than one that is not. */
static trust_status state_worst(trust_appraisal *appraisal, const trust_finding *findings,
                                size_t count)
{
    bool stated[TRUST_MAX_ITEMS] = {false};
    for (size_t n = 0; n < count && n < TRI_SIGNAL_MAX_FINDINGS / 2; n++) {
        size_t worst = count;
        for (size_t i = 0; i < count; i++)
            if (!stated[i] && (worst == count || worse(&findings[i], &findings[worst])))
                worst = i;
        stated[worst] = true;
        trust_status status = trust_appraisal_state(appraisal, &findings[worst]);
        if (status != TRUST_OK)
            return status;
    }
    return TRUST_OK;
}

/* Without a list or an anonymity database nothing is said of the reputation: silence of sources
 * that cannot speak must not help. */
static trust_status appraise(void *user, trust_appraisal *appraisal)
{
    (void)user;
    said all; /* not cleared: it has room for every item */
    all.count = 0;
    const tri_item *item;
    for (size_t at = 0; (item = tri_appraisal_next(appraisal, &at)) != NULL; at++) {
        if (item->data.size != sizeof(trust_address)) {
            trust_appraisal_item_state(appraisal, (uint32_t)at, TRUST_STATE_INVALID,
                                       TRI_REASON_MALFORMED);
            continue;
        }
        trust_status status = judge_address(appraisal, item, at, &all);
        if (status != TRUST_OK)
            return status;
        trust_appraisal_item_state(appraisal, (uint32_t)at, TRUST_STATE_UNBOUND, TRI_REASON_LIMIT);
    }
    trust_status status = state_worst(appraisal, all.place, all.count);
    if (status == TRUST_OK && tri_table_rates(appraisal->table))
        status = state_worst(appraisal, all.reputation, all.count);
    return status;
}

static const char *const types[] = {TRUST_TYPE_ADDRESS, NULL};

static const trust_kind_info kinds[] = {
    {"place", TRUST_SCALE_PERMILLE, 1u << TRUST_FROM_HOST, 0, 0},
    {"reputation", TRUST_SCALE_PERCENT, 1u << TRUST_FROM_HOST, 0, 0},
};

const trust_signal_ops tri_signal_network = {
    .size = sizeof(trust_signal_ops),
    .name = "network",
    .media_types = types,
    .kinds = kinds,
    .kind_count = sizeof kinds / sizeof kinds[0],
    .appraise = appraise,
};
