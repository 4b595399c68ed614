/* The baseline of one metric: bitmaps of what was seen, levels, calibration by its own past.
 *
 * Values come from the host's measurements of a hostile device: any finite double, in any order.
 * Everything is integer; x stands for a transformed value in 1/2^32 of a doubling, |x| <= 2^42. */

#include "signal/behaviour/baseline.h"

#include "core/bytes.h"
#include "core/number.h"

#define SPAN_SLOW  200
#define SPAN_FAST  20
#define SPAN_LEVEL 4096

/* A new bin is believed when it was seen in two epochs; a bin that was not seen for a whole
 * generation is forgotten. A generation is a whole number of epochs. */
#define EPOCH      32u
#define GENERATION 2048u

/* Below this many values the baseline is young. */
#define YOUNG 512u

/* Powers of two, so that halving the count keeps its place within epoch and generation. */
#define COUNT_MAX (1u << 24)

#define EXPONENT_MIN 8  /* bins of 2^-24 of a doubling: finer differences are noise */
#define EXPONENT_MAX 39 /* 64 bins of this width hold every x */
#define X_MAX        ((int64_t)1 << 42)

/* tri_view::outside: off the grid in this epoch; in an earlier one; in two, so it may widen. */
#define OUTSIDE_SEEN   1u
#define OUTSIDE_BEFORE 2u
#define OUTSIDE_LEARNT 4u
#define OUTSIDE_ANY    7u
/* How often one believed value may double the grid. */
#define WIDEN_MAX 3

#define DECADE            65536 /* of raw surprise and of logarithms */
#define DOUBLING          19728 /* log10(2) in the same unit */
#define EVIDENCE_DECADE   4096
#define EVIDENCE_MAX      (12 * EVIDENCE_DECADE)
#define EVIDENCE_STEP_MAX (3 * EVIDENCE_DECADE)
#define EVIDENCE_HALF     1233 /* log10(2) */

#define VIEW_BYTES 32

/* log2(1 + i/64) in 1/2^32. */
static const uint64_t logarithm[65] = {
    0x000000000, 0x005B9E5A1, 0x00B5D69BB, 0x010EB38A0, 0x01663F6FB, 0x01BC84241, 0x02118B11A,
    0x02655D3C5, 0x02B803474, 0x0309857A0, 0x0359EBC5B, 0x03A93DC98, 0x03F782D72, 0x0444C1F6B,
    0x049101EAC, 0x04DC4933B, 0x05269E12F, 0x0570068E8, 0x05B888736, 0x06002958C, 0x0646EEA24,
    0x068CDD82A, 0x06D1FAFDD, 0x07164BEB5, 0x0759D4F81, 0x079C9AA88, 0x07DEA15A3, 0x081FED45D,
    0x086082807, 0x08A064FD5, 0x08DF988F5, 0x091E20EA1, 0x095C01A3A, 0x09993E356, 0x09D5D9FD5,
    0x0A11D83F5, 0x0A4D3C25E, 0x0A8808C38, 0x0AC241135, 0x0AFBE7FA1, 0x0B3500472, 0x0B6D8CB54,
    0x0BA58FEB2, 0x0BDD0C7CA, 0x0C1404EAE, 0x0C4A7BA58, 0x0C80730B0, 0x0CB5ED695, 0x0CEAECFEB,
    0x0D1F73F9C, 0x0D53847AC, 0x0D8720936, 0x0DBA4A47B, 0x0DED038E6, 0x0E1F4E517, 0x0E512C6E5,
    0x0E829FB69, 0x0EB3A9F02, 0x0EE44CD5A, 0x0F148A170, 0x0F446359B, 0x0F73DA38E, 0x0FA2F045E,
    0x0FD1A708C, 0x100000000,
};

static int highest_bit(uint64_t v)
{
    return 63 - __builtin_clzll(v);
}

static int lowest_bit(uint64_t v)
{
    return __builtin_ctzll(v);
}

/* log2 of a number, less 63, whose highest bit is bit 63; that bit is not looked at. */
static int64_t log2_of_fraction(uint64_t v)
{
    size_t i = (v >> 57) & 63;
    uint64_t rest = (v >> 25) & 0xFFFFFFFFu;
    return (int64_t)(logarithm[i] + ((logarithm[i + 1] - logarithm[i]) * rest >> 32));
}

/* log10(v) in DECADE, v > 0. */
static int32_t log10_of(uint64_t v)
{
    int top = highest_bit(v);
    int64_t doublings = ((int64_t)top << 32) + log2_of_fraction(v << (63 - top));
    return (int32_t)((doublings >> 16) * DOUBLING / DECADE);
}

int64_t tri_baseline_transform(uint64_t bits)
{
    uint64_t fraction = bits & 0xFFFFFFFFFFFFFu;
    int exponent = (int)((bits >> 52) & 0x7FF) - 1023;
    int64_t x;
    if (exponent < -33) {
        x = 0; /* subnormals among them: less than one unit */
    } else {
        /* 1 + |v| with its highest bit in bit 63, times 2^top. */
        int top = exponent > 0 ? exponent : 0;
        uint64_t value = (fraction | (uint64_t)1 << 52) << 11 >> (top - exponent);
        uint64_t sum = value + (top < 64 ? (uint64_t)1 << 63 >> top : 0);
        if (sum < value) {
            sum >>= 1; /* and the carry, which the logarithm takes for granted */
            top++;
        }
        x = ((int64_t)top << 32) + log2_of_fraction(sum);
    }
    return bits >> 63 != 0 ? -x : x;
}

int64_t tri_baseline_thousandths(int64_t x)
{
    uint64_t size = (uint64_t)(x < 0 ? -x : x);
    unsigned top = (unsigned)(size >> 32);
    uint64_t log = size & 0xFFFFFFFFu;
    if (top >= 53)
        return x < 0 ? -INT64_MAX : INT64_MAX;
    size_t i = 0;
    while (logarithm[i + 1] <= log)
        i++;
    uint64_t rest = ((log - logarithm[i]) << 32) / (logarithm[i + 1] - logarithm[i]);
    /* 1 + |v| is mantissa * 2^(top - 38); times 1000 it has at most 10 bits more. */
    uint64_t mantissa = (((uint64_t)64 + i) << 32 | rest) * 1000;
    uint64_t scaled = top <= 14 ? (mantissa >> (37 - top)) + 1 : mantissa >> 22 << (top - 15);
    int64_t thousandths = (int64_t)(scaled >> 1) - 1000;
    return x < 0 ? -thousandths : thousandths;
}

/* floor(x / 2^shift) */
static int64_t floor_shift(int64_t x, int shift)
{
    return x >= 0 ? x >> shift : ~(~x >> shift);
}

/* The bin of x, 0 to 63 on the grid. */
static int64_t bin_of(const tri_view *view, int64_t x)
{
    return floor_shift(x, view->exponent) - (int64_t)view->origin * 32;
}

static bool on_grid(int64_t bin)
{
    return bin >= 0 && bin < 64;
}

/* Pairs of bits become one: 64 bins in 32. */
static uint64_t halve(uint64_t v)
{
    v = (v | v >> 1) & 0x5555555555555555u;
    v = (v | v >> 1) & 0x3333333333333333u;
    v = (v | v >> 2) & 0x0F0F0F0F0F0F0F0Fu;
    v = (v | v >> 4) & 0x00FF00FF00FF00FFu;
    v = (v | v >> 8) & 0x0000FFFF0000FFFFu;
    return (v | v >> 16) & 0xFFFFFFFFu;
}

/* Double the width of the bins. Grids are aligned to half windows, so any two of them nest. */
static void widen(tri_view *view, bool up)
{
    bool odd = (view->origin & 1) != 0;
    int shift = odd ? 16 : up ? 0 : 32;
    view->origin = (view->origin - odd) / 2 - (!odd && !up);
    view->exponent++;
    view->learnt = halve(view->learnt) << shift;
    view->seen = halve(view->seen) << shift;
    view->before = halve(view->before) << shift & ~view->learnt;
}

/* How wide the known values lie, in bins. Lonely ones far off count little. */
static uint64_t span_of(const tri_view *view)
{
    if (view->learnt == 0)
        return 0;
    uint64_t reach = (uint64_t)(highest_bit(view->learnt) - lowest_bit(view->learnt) + 1);
    uint64_t filled = 2 * (uint64_t)__builtin_popcountll(view->learnt);
    return reach < filled ? reach : filled;
}

/* Bins from here to the nearest learnt one; 0 for a learnt one and where none is. */
static uint64_t distance_to_learnt(const tri_view *view, int64_t bin)
{
    uint64_t learnt = view->learnt;
    if (learnt == 0)
        return 0;
    int low = lowest_bit(learnt);
    int high = highest_bit(learnt);
    if (bin < low)
        return (uint64_t)(low - bin);
    if (bin > high)
        return (uint64_t)(bin - high);
    int above = lowest_bit(learnt >> bin);
    int below = (int)bin - highest_bit(learnt & UINT64_MAX >> (63 - bin));
    return (uint64_t)(above < below ? above : below);
}

/* How surprising it is that this bin comes: by how seldom bins are new (Good and Turing's
 * estimate), and by how far it is from what is known, against the span of that. What is pending is
 * hardly news, unless it is far. */
static int32_t novelty(const tri_view *view, int64_t bin, uint32_t count)
{
    uint64_t distance = distance_to_learnt(view, bin);
    if (distance == 0)
        return 0;
    uint64_t span = span_of(view);
    uint64_t far = distance < 4 * span ? distance : 4 * span;
    /* log2(1 + 32 far/span), a decade for each doubling: it orders, ranks calibrate. */
    int64_t doublings = log10_of(span + 32 * far) - log10_of(span);
    bool pending =
        on_grid(bin) ? ((view->seen | view->before) >> bin & 1) != 0 : view->outside != 0;
    if (pending)
        return (int32_t)(tri_clamp(doublings - 2 * DOUBLING, 0, doublings) * DECADE / DOUBLING);
    return log10_of((uint64_t)count + 2) - log10_of((uint64_t)view->novel + 1) +
           (int32_t)(doublings * DECADE / DOUBLING);
}

static void count_novel(tri_view *view)
{
    if (view->novel < UINT16_MAX)
        view->novel++;
}

/* Double the grid until x is on it, at most so often. */
static void widen_to(tri_view *view, int64_t x, int most)
{
    for (; most > 0 && view->exponent < EXPONENT_MAX; most--) {
        int64_t bin = bin_of(view, x);
        if (on_grid(bin))
            return;
        widen(view, bin > 0);
    }
}

/* A value is believed at once in warm-up, and while the baseline is young if it is no farther from
 * what is known than that is wide: a first day brings new values, and spikes go beyond them. */
static bool believed(const tri_view *view, int64_t bin, uint32_t count)
{
    if (count < TRI_BASELINE_WARMUP)
        return true;
    return count < YOUNG && distance_to_learnt(view, bin) <= span_of(view);
}

/* Learn that x came. */
static void sight(tri_view *view, int64_t x, uint32_t count)
{
    bool at_once = believed(view, bin_of(view, x), count);
    if (at_once) {
        widen_to(view, x, EXPONENT_MAX);
    } else if ((view->outside & OUTSIDE_LEARNT) != 0 && !on_grid(bin_of(view, x))) {
        view->outside = 0;
        widen_to(view, x, WIDEN_MAX);
    }
    int64_t bin = bin_of(view, x);
    if (!on_grid(bin)) {
        if (view->outside == 0)
            count_novel(view);
        view->outside |= OUTSIDE_SEEN;
        return;
    }
    uint64_t bit = (uint64_t)1 << bin;
    if (((view->learnt | view->seen | view->before) & bit) == 0)
        count_novel(view);
    view->seen |= bit;
    if (at_once) {
        view->learnt |= bit;
        view->before &= ~bit;
    }
}

/* Keep aside that x came: pending, whatever else. */
static void set_aside(tri_view *view, int64_t x)
{
    int64_t bin = bin_of(view, x);
    if (on_grid(bin))
        view->seen |= (uint64_t)1 << bin & ~view->learnt;
    else
        view->outside |= OUTSIDE_SEEN;
}

/* What was pending before and came again in this epoch is learnt. */
static void end_epoch(tri_view *view)
{
    uint64_t came = view->seen & ~view->learnt;
    uint64_t again = came & view->before;
    view->before = (view->before | came) & ~again;
    view->seen &= view->learnt | again;
    view->learnt |= again;
    if ((view->outside & OUTSIDE_SEEN) != 0)
        view->outside = (view->outside & OUTSIDE_BEFORE) != 0 ? OUTSIDE_LEARNT : OUTSIDE_BEFORE;
}

/* What did not come for a generation is forgotten, pending or learnt. */
static void end_generation(tri_view *view)
{
    view->learnt &= view->seen;
    view->seen = 0;
    view->before = 0;
    view->outside = 0;
}

static void start(tri_baseline *baseline, int64_t x)
{
    *baseline = (tri_baseline){.slow = x, .fast = x, .level = x};
    for (size_t i = 0; i < TRI_BASELINE_VIEWS; i++) {
        baseline->views[i].exponent = EXPONENT_MIN;
        baseline->views[i].origin = (int32_t)floor_shift(i == 1 ? 0 : x, EXPONENT_MIN + 5);
    }
}

/* A step of a moving mean: the plain mean until there are @p span values. */
static inline int64_t step(int64_t difference, uint32_t count, uint32_t span)
{
    return count < span - 1 ? difference / (int64_t)(count + 1) : difference / (int64_t)span;
}

static int64_t distance_of(int64_t a, int64_t b)
{
    return a < b ? b - a : a - b;
}

/* log10(1 + z^2), z the distance of the fast mean from the level in standard deviations (1.25 mean
 * distances); 0 up to z = 3. */
static int32_t level_surprise(const tri_baseline *baseline, int64_t fast)
{
    uint64_t away = (uint64_t)distance_of(fast, baseline->level);
    uint64_t spread = (uint64_t)baseline->spread;
    if (spread < (uint64_t)1 << EXPONENT_MIN)
        spread = (uint64_t)1 << EXPONENT_MIN;
    if (4 * away <= 15 * spread)
        return 0;
    int excess = highest_bit(away | spread) - 27; /* squares shall fit */
    if (excess > 0) {
        away >>= excess;
        spread = spread >> excess | 1;
    }
    uint64_t usual = 25 * spread * spread;
    return log10_of(usual + 16 * away * away) - log10_of(usual);
}

/* The sizes of surprise that the metric's own past tells apart; anything below the first is none.
 */
static size_t rank_of(int32_t raw)
{
    static const int32_t edges[TRI_BASELINE_RANKS - 1] = {
        DECADE * 2, DECADE * 3, DECADE * 4, DECADE * 5, DECADE * 7, DECADE * 10, DECADE * 14};
    size_t rank = 0;
    while (rank < TRI_BASELINE_RANKS - 1 && raw >= edges[rank])
        rank++;
    return rank;
}

/* -log10 of the share of the past that was at least as surprising, this value counted in: never
 * more than the number of values justifies. */
static int32_t calibrated(const tri_baseline *baseline, size_t rank)
{
    uint64_t all = 1;
    uint64_t as_much = 1;
    if (rank == 0)
        return 0;
    for (size_t i = 0; i < TRI_BASELINE_RANKS; i++) {
        all += baseline->ranks[i];
        as_much += i >= rank ? baseline->ranks[i] : 0u;
    }
    return log10_of(all) - log10_of(as_much);
}

/* The test martingale E = max(1, E) * p^(-1/2) / 2: a row of small probabilities multiplies. */
static uint16_t accumulate(uint16_t evidence, int32_t improbable)
{
    int64_t gain = (int64_t)improbable * EVIDENCE_DECADE / DECADE / 2 - EVIDENCE_HALF;
    if (gain > EVIDENCE_STEP_MAX)
        gain = EVIDENCE_STEP_MAX;
    return (uint16_t)tri_clamp(evidence + gain, 0, EVIDENCE_MAX);
}

static void count_rank(tri_baseline *baseline, size_t rank)
{
    if (++baseline->ranks[rank] < UINT16_MAX)
        return;
    for (size_t i = 0; i < TRI_BASELINE_RANKS; i++)
        baseline->ranks[i] /= 2;
}

/* What the means take in of x: no more than 4 mean distances from the fast mean, so that one spike
 * hardly moves them. */
static int64_t tempered(const tri_baseline *baseline, int64_t x)
{
    int64_t most = 4 * baseline->spread;
    if (baseline->count < TRI_BASELINE_WARMUP)
        return x;
    return tri_clamp(x, baseline->fast - most, baseline->fast + most);
}

/* The spread takes in a distance up to the known range of values. */
static void move_means(tri_baseline *baseline, int64_t x, int64_t mild)
{
    uint32_t n = baseline->count;
    const tri_view *values = &baseline->views[0];
    int64_t range = (int64_t)span_of(values) << values->exponent;
    int64_t away = tri_clamp(distance_of(x, baseline->level), 0, range);
    baseline->slow += step(mild - baseline->slow, n, SPAN_SLOW);
    baseline->fast += step(mild - baseline->fast, n, SPAN_FAST);
    baseline->level += step(mild - baseline->level, n, SPAN_LEVEL);
    baseline->spread += step(away - baseline->spread, n, SPAN_LEVEL);
}

static void count_value(tri_baseline *baseline)
{
    uint32_t n = ++baseline->count;
    if (n % EPOCH != 0)
        return;
    for (size_t i = 0; i < TRI_BASELINE_VIEWS; i++) {
        tri_view *view = &baseline->views[i];
        end_epoch(view);
        if (n % GENERATION == 0)
            end_generation(view);
        if (n == COUNT_MAX)
            view->novel /= 2;
    }
    if (n == COUNT_MAX)
        baseline->count = COUNT_MAX / 2;
}

/* From the raw surprise to tenths of decades, by the metric's own past. */
static int32_t judge(tri_baseline *baseline, int32_t raw, tri_baseline_mode mode)
{
    size_t rank = rank_of(raw);
    int32_t improbable = calibrated(baseline, rank);
    baseline->evidence = accumulate(baseline->evidence, improbable);
    if (mode == TRI_BASELINE_LEARN)
        count_rank(baseline, rank);
    int32_t now = improbable * 10 / DECADE;
    int32_t together = baseline->evidence * 10 / EVIDENCE_DECADE;
    return now > together ? now : together;
}

tri_surprise tri_baseline_observe(tri_baseline *baseline, uint64_t bits, tri_baseline_mode mode)
{
    int64_t x = tri_baseline_transform(bits);
    bool learn = mode == TRI_BASELINE_LEARN;
    tri_surprise surprise = {0};
    if (baseline->count == 0) {
        if (!learn)
            return surprise;
        start(baseline, x);
    }
    bool warmup = baseline->count < TRI_BASELINE_WARMUP;
    int64_t mild = tempered(baseline, x);
    int64_t fast = baseline->fast + step(mild - baseline->fast, baseline->count, SPAN_FAST);
    const int64_t seen[TRI_BASELINE_VIEWS] = {x, x - baseline->slow, fast};

    for (size_t i = 0; i < TRI_BASELINE_VIEWS; i++) {
        tri_view *view = &baseline->views[i];
        surprise.raw += novelty(view, bin_of(view, seen[i]), baseline->count);
        if (learn)
            sight(view, seen[i], baseline->count);
        else if (!warmup)
            set_aside(view, seen[i]);
    }
    int32_t level = level_surprise(baseline, fast);
    surprise.level = level > surprise.raw;
    if (surprise.level)
        surprise.raw = level;
    if (!warmup)
        surprise.tenths = judge(baseline, surprise.raw, mode);
    if (learn) {
        move_means(baseline, x, mild);
        count_value(baseline);
    }
    return surprise;
}

/* Numbers in the order of the struct, most significant byte first. */
void tri_baseline_write(const tri_baseline *baseline, uint8_t out[TRI_BASELINE_BYTES])
{
    for (size_t i = 0; i < TRI_BASELINE_VIEWS; i++, out += VIEW_BYTES) {
        const tri_view *view = &baseline->views[i];
        tri_put_be64(out, view->learnt);
        tri_put_be64(out + 8, view->seen);
        tri_put_be64(out + 16, view->before);
        tri_put_be32(out + 24, (uint32_t)view->origin);
        tri_put_be16(out + 28, view->novel);
        out[30] = view->exponent;
        out[31] = view->outside;
    }
    tri_put_be64(out, (uint64_t)baseline->slow);
    tri_put_be64(out + 8, (uint64_t)baseline->fast);
    tri_put_be64(out + 16, (uint64_t)baseline->level);
    tri_put_be64(out + 24, (uint64_t)baseline->spread);
    tri_put_be32(out + 32, baseline->count);
    tri_put_be16(out + 36, baseline->evidence);
    for (size_t i = 0; i < TRI_BASELINE_RANKS; i++)
        tri_put_be16(out + 38 + 2 * i, baseline->ranks[i]);
}

static bool read_view(tri_view *out, const uint8_t *in)
{
    *out = (tri_view){.learnt = tri_be64(in),
                      .seen = tri_be64(in + 8),
                      .before = tri_be64(in + 16),
                      .origin = (int32_t)tri_be32(in + 24),
                      .novel = tri_be16(in + 28),
                      .exponent = in[30],
                      .outside = in[31]};
    if (out->exponent < EXPONENT_MIN || out->exponent > EXPONENT_MAX ||
        (out->before & out->learnt) != 0 || out->outside > OUTSIDE_ANY)
        return false;
    /* The grid touches the values that a view can have. */
    int64_t most = (2 * X_MAX >> (out->exponent + 5)) + 2;
    return out->origin >= -most && out->origin <= most;
}

static bool read_mean(int64_t *out, const uint8_t *in, int64_t low)
{
    *out = (int64_t)tri_be64(in);
    return *out >= low && *out <= 2 * X_MAX;
}

bool tri_baseline_read(tri_baseline *out, const uint8_t in[TRI_BASELINE_BYTES])
{
    tri_baseline got = {0};
    for (size_t i = 0; i < TRI_BASELINE_VIEWS; i++, in += VIEW_BYTES)
        if (!read_view(&got.views[i], in))
            return false;
    if (!read_mean(&got.slow, in, -X_MAX) || !read_mean(&got.fast, in + 8, -X_MAX) ||
        !read_mean(&got.level, in + 16, -X_MAX) || !read_mean(&got.spread, in + 24, 0))
        return false;
    got.count = tri_be32(in + 32);
    got.evidence = tri_be16(in + 36);
    if (got.count == 0 || got.count >= COUNT_MAX || got.evidence > EVIDENCE_MAX)
        return false;
    for (size_t i = 0; i < TRI_BASELINE_RANKS; i++) {
        got.ranks[i] = tri_be16(in + 38 + 2 * i);
        if (got.ranks[i] == UINT16_MAX)
            return false;
    }
    *out = got;
    return true;
}
