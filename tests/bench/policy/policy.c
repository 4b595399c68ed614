/* One policy of twelve signals, decided by libtrust and by what people would use instead: LuaJIT,
 * muParser and a table written by hand in C. The answers are compared before anything is timed;
 * README.md says what is measured and why it is fair. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "policy/model.h"

#ifdef HAVE_LUAJIT
#include <lauxlib.h>
#include <lualib.h>
#endif
#ifdef HAVE_MUPARSER
#include <muParserDLL.h>
#endif

#define SIGNALS 12
#define VECTORS 64
#define ROUNDS  41
#define BATCH   64 /* times all vectors, in one measurement */
#define NOW     INT64_C(1763872496000)

/* Points in millibits of affirming, warning and contraindicated, and of silence. */
static const int32_t points[SIGNALS][4] = {
    {-4000, 1500, 6000, 3000}, {-3000, 2000, 7000, 3500}, {-700, 400, 2200, 300},
    {-600, 800, 3500, 300},    {-1200, 600, 4500, 400},   {-1500, 900, 3000, 1500},
    {-500, 500, 1500, 200},    {-800, 300, 2500, 250},    {-300, 200, 900, 100},
    {-900, 700, 3300, 450},    {-250, 150, 800, 80},      {-1100, 650, 2700, 350}};
static const int32_t values[3] = {2, 32, 96};
static const int32_t limits[3] = {-4000, -500, 3000};
static const int32_t base = -1000;

/* What one decision rests on: of each signal whether it is there, and its value. */
typedef struct vector {
    int32_t there[SIGNALS];
    int32_t value[SIGNALS];
} vector;

typedef struct answer {
    int32_t level;
    uint32_t verdict;
} answer;

static vector vectors[VECTORS];

static void make_vectors(void)
{
    uint64_t seed = 42;
    for (int v = 0; v < VECTORS; v++)
        for (int s = 0; s < SIGNALS; s++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            uint32_t dice = (uint32_t)(seed >> 33) % 10;
            vectors[v].there[s] = dice > 0;
            vectors[v].value[s] = values[dice < 8 ? 0 : dice - 7];
        }
}

static uint32_t verdict_of(int32_t level)
{
    return 1u + (level > limits[0]) + (level > limits[1]) + (level > limits[2]);
}

/* libtrust: everything that it always does (freshness, caps, gates, interval, uncertainty,
 * hysteresis, reasons), on findings as appraisal leaves them. */
static struct trust_policy policy;
static tri_signal_rule signals[SIGNALS];
static tri_group groups[3];
static trust_finding findings[VECTORS][SIGNALS], aged[VECTORS][SIGNALS];
static uint64_t memory[256];

static void trust_begin(void)
{
    memset(policy.builtin_index, 0xFF, sizeof policy.builtin_index);
    policy.signals = signals;
    policy.groups = groups;
    policy.signal_count = SIGNALS;
    policy.group_count = 3;
    policy.stance.base = base;
    memcpy(policy.stance.limit, limits, sizeof limits);
    policy.margin = 500;
    policy.dwell = 600000;
    policy.stance.max_adverse = INT32_MAX;
    policy.stance.max_uncertainty = TRI_Q16;
    for (uint32_t g = 0; g < 3; g++)
        groups[g] = (tri_group){"group", -100000, 100000};
    for (uint32_t s = 0; s < SIGNALS; s++) {
        tri_signal_rule *rule = &signals[s];
        rule->kind = s < 6 ? s + 1 : 0x80000000u + s;
        if (s < 6)
            policy.builtin_index[rule->kind] = (uint8_t)s;
        rule->group = s / 4;
        rule->knot_count = 3;
        for (int k = 0; k < 3; k++)
            rule->knots[k] = (tri_knot){values[k], points[s][k]};
        rule->lo = points[s][0];
        rule->hi = points[s][2];
        for (int a = 0; a < TRI_ABSENT_COUNT; a++)
            rule->absent[a] = points[s][3];
        rule->reliability = TRI_Q16;
        rule->good = tri_half_life_of(3600000);
        rule->bad = tri_half_life_of(86400000);
        rule->ttl = 14400000;
    }
    for (uint32_t v = 0; v < VECTORS; v++)
        for (uint32_t s = 0; s < SIGNALS; s++) {
            findings[v][s] = (trust_finding){
                .kind = signals[s].kind,
                .state = vectors[v].there[s] ? TRUST_STATE_VALID : TRUST_STATE_NOT_REQUESTED,
                .origin = TRUST_FROM_HOST,
                .value = vectors[v].value[s],
                .quality = TRUST_QUALITY_FULL,
                .time = NOW,
                .item = TRUST_NO_ITEM};
            aged[v][s] = findings[v][s];
            aged[v][s].time -= INT64_C(300007) * (s + 1);
        }
}

static answer decide(const trust_finding *of)
{
    trust_policy_input input = TRUST_POLICY_INPUT_INIT;
    input.now = NOW;
    input.findings = of;
    input.finding_count = SIGNALS;
    trust_policy_result *result = (trust_policy_result *)memory;
    if (trust_policy_evaluate(&policy, &input, result, sizeof memory) != TRUST_OK)
        exit(1);
    return (answer){(int32_t)result->level, result->verdict};
}

static answer trust_decide(int v)
{
    return decide(findings[v]);
}

/* Evidence five minutes to an hour old, each of another age: the peers have no answer to that. */
static answer aged_decide(int v)
{
    return decide(aged[v]);
}

static void none(void)
{
}

/* C by hand: the same table, the same sum, nothing else. */

static answer table_decide(int v)
{
    int32_t level = base;
    for (int s = 0; s < SIGNALS; s++) {
        int32_t value = vectors[v].value[s];
        int band = value <= 2 ? 0 : value <= 32 ? 1 : 2;
        level += points[s][vectors[v].there[s] ? band : 3];
    }
    return (answer){level, verdict_of(level)};
}

#ifdef HAVE_LUAJIT
static lua_State *lua;

static void lua_begin(void)
{
    static char text[8192];
    size_t n = 0;
#define PUT(...) n += (size_t)snprintf(text + n, sizeof text - n, __VA_ARGS__)
    PUT("return function(t0,v0");
    for (int s = 1; s < SIGNALS; s++)
        PUT(",t%d,v%d", s, s);
    PUT(") local l = %d", base);
    for (int s = 0; s < SIGNALS; s++)
        PUT(" + (t%d == 1 and (v%d <= 2 and %d or v%d <= 32 and %d or %d) or %d)", s, s,
            points[s][0], s, points[s][1], points[s][2], points[s][3]);
    PUT(" return l, l <= %d and 1 or l <= %d and 2 or l <= %d and 3 or 4 end", limits[0], limits[1],
        limits[2]);
#undef PUT
    lua = luaL_newstate();
    luaL_openlibs(lua);
    if (luaL_dostring(lua, text) != 0) {
        fprintf(stderr, "LuaJIT: %s\n", lua_tostring(lua, -1));
        exit(1);
    }
}

static answer lua_decide(int v)
{
    lua_pushvalue(lua, 1);
    for (int s = 0; s < SIGNALS; s++) {
        lua_pushinteger(lua, vectors[v].there[s]);
        lua_pushinteger(lua, vectors[v].value[s]);
    }
    lua_call(lua, 2 * SIGNALS, 2);
    answer got = {(int32_t)lua_tointeger(lua, -2), (uint32_t)lua_tointeger(lua, -1)};
    lua_settop(lua, 1);
    return got;
}
#endif

#ifdef HAVE_MUPARSER
static muParserHandle_t parser;
static double there[SIGNALS], value_of[SIGNALS];

static void muparser_begin(void)
{
    static char text[8192], name[8];
    size_t n = (size_t)snprintf(text, sizeof text, "%d", base);
    parser = mupCreate(0);
    for (int s = 0; s < SIGNALS; s++) {
        snprintf(name, sizeof name, "t%d", s);
        mupDefineVar(parser, name, &there[s]);
        snprintf(name, sizeof name, "v%d", s);
        mupDefineVar(parser, name, &value_of[s]);
        n += (size_t)snprintf(text + n, sizeof text - n,
                              " + (t%d == 1 ? (v%d <= 2 ? %d : (v%d <= 32 ? %d : %d)) : %d)", s, s,
                              points[s][0], s, points[s][1], points[s][2], points[s][3]);
    }
    mupSetExpr(parser, text);
}

static answer muparser_decide(int v)
{
    for (int s = 0; s < SIGNALS; s++) {
        there[s] = vectors[v].there[s];
        value_of[s] = vectors[v].value[s];
    }
    int32_t level = (int32_t)mupEval(parser);
    return (answer){level, verdict_of(level)};
}
#endif

static const struct peer {
    const char *name;
    void (*begin)(void);
    answer (*decide)(int vector);
} peers[] = {
    {"libtrust", trust_begin, trust_decide},
    {"libtrust, aged", none, aged_decide},
    {"C table by hand", none, table_decide},
#ifdef HAVE_LUAJIT
    {"LuaJIT", lua_begin, lua_decide},
#endif
#ifdef HAVE_MUPARSER
    {"muParser", muparser_begin, muparser_decide},
#endif
};
#define PEERS (sizeof peers / sizeof peers[0])
#define OURS  2

static void compare_answers(void)
{
    unsigned seen[5] = {0};
    long sum = 0;
    for (int v = 0; v < VECTORS; v++) {
        answer first = peers[0].decide(v);
        seen[first.verdict]++;
        sum += first.level;
        for (size_t p = OURS; p < PEERS; p++) {
            answer other = peers[p].decide(v);
            if (other.level == first.level && other.verdict == first.verdict)
                continue;
            fprintf(stderr, "%s answers %d, %u to vector %d, libtrust %d, %u\n", peers[p].name,
                    other.level, other.verdict, v, first.level, first.verdict);
            exit(1);
        }
    }
    printf("%d vectors, every answer the same, levels add up to %ld\n", VECTORS, sum);
    printf("allow %u, step_up %u, quarantine %u, deny %u\n", seen[1], seen[2], seen[3], seen[4]);
}

int main(void)
{
    static double took[PEERS][ROUNDS];
    volatile uint32_t sink = 0;
    make_vectors();
    for (size_t p = 0; p < PEERS; p++)
        peers[p].begin();
    compare_answers();
    unsigned long during = 0;
    for (int round = 0; round < ROUNDS; round++)
        for (size_t p = 0; p < PEERS; p++) {
            unsigned long before = allocations;
            double start = nanoseconds();
            for (int i = 0; i < BATCH * VECTORS; i++)
                sink += peers[p].decide(i % VECTORS).verdict;
            took[p][round] = (nanoseconds() - start) / (BATCH * VECTORS);
            during += p < OURS ? allocations - before : 0;
        }
    (void)sink; /* only written, so that the decisions are not optimised away */
    printf("%-18s %10s %10s %14s\n", "one decision", "least ns", "median ns", "to libtrust");
    for (size_t p = 0; p < PEERS; p++) {
        qsort(took[p], ROUNDS, sizeof took[p][0], by_size);
        printf("%-18s %10.1f %10.1f %14.2f\n", peers[p].name, took[p][0], took[p][ROUNDS / 2],
               took[p][ROUNDS / 2] / took[0][ROUNDS / 2]);
    }
    printf("allocations by libtrust in %d decisions: %lu\n", OURS * ROUNDS * BATCH * VECTORS,
           during);
    return during == 0 ? 0 : 1;
}
