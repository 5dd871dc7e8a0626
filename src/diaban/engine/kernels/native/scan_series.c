/* The same as kernels/scan_series.py, for counts of 16 bits: same order of work, same bits, fewer instructions.
 *
 * Compiled on the user's machine, for its processor, when a compiler is there; never needed. Plain C but for the test of
 * 64 starts, which has versions for AVX-512, for AVX2 and for any processor.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define STRETCH 64
#define LOWEST (113 << 6)
#define LEVELS 150
#define STEEPEST 127

#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif
#define INLINE static inline __attribute__((always_inline))

typedef struct {
    const int64_t *starts, *order, *probes, *rows, *first_block;
    const int16_t *times, *series, *buckets, *slopes;
    const int32_t *reach, *ladders, *blocks;
    const double *zone, *clock, *cells;
    int16_t *reached, *after;
    int64_t *held;
    double *sizes;
    int64_t rows_in_order, rows_to_probe, base, width, single, product, steps, columns, stretches, buckets_in_ladder;
    int64_t labelled, earliest, least, high, low, cases, sparse;
    double total;
} Scan;

INLINE int64_t least_of(int64_t a, int64_t b) { return a < b ? a : b; }
INLINE int64_t most_of(int64_t a, int64_t b) { return a > b ? a : b; }

INLINE int64_t bucket(double weight)
{
    float rounded = (float)weight;
    int32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return most_of((bits >> 17) - LOWEST + 1, 0);
}

static int64_t level_of(double value)
{
    if (value < 1.0) return 0;
    return least_of((int64_t)(log(value) / log(1.03)) + 1, LEVELS - 1);
}

static double statistic(int64_t count, double weight, double cases, double total, int labelled)
{
    double inside = (double)count, outside = cases - (double)count, value = 0.0;
    if (weight <= 0 || weight >= total) return 0.0;
    if (!labelled) {
        if (inside > 0) value += inside * log(inside / weight);
        if (outside > 0) value += outside * log(outside / (total - weight));
        return value;
    }
    double rest = total - weight, beyond = total - cases;
    value = -cases * log(cases / total);
    if (beyond > 0) value -= beyond * log(beyond / total);
    if (inside > 0) value += inside * log(inside / weight);
    if (weight > inside) value += (weight - inside) * log((weight - inside) / weight);
    if (outside > 0) value += outside * log(outside / rest);
    if (rest > outside) value += (rest - outside) * log((rest - outside) / rest);
    return value;
}

static double look(const Scan *s, double best, const int32_t *table, const int32_t *ladder, int64_t start,
                   const int32_t *block, const int32_t *places, const double *zone, int below)
{
    int64_t narrow = block[0], wide = block[1], width = s->width;
    for (int64_t duration = block[2]; duration <= least_of(block[3], s->steps - start); duration++) {
        int64_t end = start + duration;
        if (end < s->earliest) continue;
        double span = s->clock[end] - s->clock[start];
        if (s->product) {
            s->sizes[narrow] = zone[narrow - 1] * span / s->total;
        } else {
            double size = 0.0;
            for (int64_t w = 1; w <= wide; w++) {
                const double *cell = s->cells + (int64_t)places[w - 1] * s->columns;
                size += cell[end] - cell[start];
                s->sizes[w] = size;
            }
        }
        const int16_t *top = s->reached + wide * width;
        if (!below && (int16_t)(top[end] - top[start]) < table[bucket(s->sizes[narrow] * 0.999999)]) continue;
        int64_t inside = (int16_t)(top[end] - top[start]);
        for (int64_t turn = narrow; turn <= wide; turn++) {
            int64_t w = s->sparse ? wide + narrow - turn : turn, count = inside;
            if (s->sparse) {
                for (int64_t i = s->held[w - 1]; i < s->held[w]; i++) inside -= s->after[i] > start && s->after[i] <= end;
            } else {
                const int16_t *row = s->reached + w * width;
                count = (int16_t)(row[end] - row[start]);
            }
            if (count < s->least) continue;
            double size = s->product ? zone[w - 1] * span / s->total : s->sizes[w];
            if (below) {
                if (count > table[bucket(size * 1.000001)] || (double)count * s->total >= size * (double)s->cases) continue;
            } else if (count < table[bucket(size * 0.999999)] || (double)count * s->total <= size * (double)s->cases) {
                continue;
            }
            double value = statistic(count, size, (double)s->cases, s->total, (int)s->labelled);
            if (value > best) {
                best = value;
                table = ladder + level_of(best) * s->buckets_in_ladder;
            }
        }
    }
    return best;
}

/* Which of 64 starts have a count of at least `limit` plus its rise (or, `below`, of at most `limit`): one bit each. */
#if defined(__AVX512BW__)
INLINE uint64_t lanes(const int16_t *late, const int16_t *early, int16_t limit, int16_t rise, const int16_t *slope,
                      int below)
{
    __m512i least = _mm512_set1_epi16(limit), steep = _mm512_set1_epi16(rise);
    uint64_t found = 0;
    for (int half = 0; half < 2; half++) {
        __m512i count = _mm512_sub_epi16(_mm512_loadu_si512(late + 32 * half), _mm512_loadu_si512(early + 32 * half));
        if (below) {
            found |= (uint64_t)_mm512_cmple_epi16_mask(count, least) << (32 * half);
        } else {
            __m512i more = _mm512_srai_epi16(_mm512_mullo_epi16(steep, _mm512_loadu_si512(slope + 32 * half)), 8);
            found |= (uint64_t)_mm512_cmpge_epi16_mask(_mm512_sub_epi16(count, more), least) << (32 * half);
        }
    }
    return found;
}
#elif defined(__AVX2__)
INLINE __m256i lanes16(const int16_t *late, const int16_t *early, __m256i least, __m256i steep, const int16_t *slope,
                       int below)
{
    __m256i count = _mm256_sub_epi16(_mm256_loadu_si256((const __m256i *)late), _mm256_loadu_si256((const __m256i *)early));
    if (below) return _mm256_xor_si256(_mm256_cmpgt_epi16(count, least), _mm256_set1_epi16(-1));
    __m256i more = _mm256_srai_epi16(_mm256_mullo_epi16(steep, _mm256_loadu_si256((const __m256i *)slope)), 8);
    return _mm256_xor_si256(_mm256_cmpgt_epi16(least, _mm256_sub_epi16(count, more)), _mm256_set1_epi16(-1));
}

INLINE uint64_t lanes(const int16_t *late, const int16_t *early, int16_t limit, int16_t rise, const int16_t *slope,
                      int below)
{
    __m256i least = _mm256_set1_epi16(limit), steep = _mm256_set1_epi16(rise);
    uint64_t found = 0;
    for (int at = 0; at < STRETCH; at += 32) {
        __m256i first = lanes16(late + at, early + at, least, steep, slope + at, below);
        __m256i second = lanes16(late + at + 16, early + at + 16, least, steep, slope + at + 16, below);
        __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(first, second), 0xD8);
        found |= (uint64_t)(uint32_t)_mm256_movemask_epi8(bytes) << at;
    }
    return found;
}
#else
INLINE uint64_t lanes(const int16_t *late, const int16_t *early, int16_t limit, int16_t rise, const int16_t *slope,
                      int below)
{
    int16_t any = 0;
    uint64_t found = 0;
    for (int lane = 0; lane < STRETCH; lane++) {
        int16_t count = (int16_t)(late[lane] - early[lane]), more = (int16_t)((int16_t)(rise * slope[lane]) >> 8);
        any |= (below ? count <= limit : (int16_t)(count - more) >= limit) ? -1 : 0;
    }
    for (int lane = 0; any && lane < STRETCH; lane++) {
        int16_t count = (int16_t)(late[lane] - early[lane]), more = (int16_t)((int16_t)(rise * slope[lane]) >> 8);
        found |= (uint64_t)(below ? count <= limit : (int16_t)(count - more) >= limit) << lane;
    }
    return found;
}
#endif

/* Few cases per place: every case adds one to all steps after its own; only rows that a test needs are kept. */
typedef int16_t Vector __attribute__((vector_size(64)));

INLINE void reach_blocks(const Scan *s, const int32_t *places, int64_t row)
{
    int64_t many = s->rows[row + 1] - s->rows[row], filled = 0, before = 0;
    memset(s->reached, 0, (size_t)s->width * sizeof(int16_t));
    s->held[0] = 0;
    for (int64_t entry = 0; entry < many; entry++) {
        for (int64_t i = s->starts[places[entry]]; i < s->starts[places[entry] + 1]; i++)
            s->after[filled++] = (int16_t)most_of(s->times[i] - s->base + 1, 0);
        s->held[entry + 1] = filled;
    }
    for (int64_t b = s->first_block[row + 1] - 1; b >= s->first_block[row]; b--) {
        int64_t wide = s->blocks[4 * b + 1];
        if (wide == before) continue;
        const int16_t *from = s->reached + before * s->width;
        int16_t *to = s->reached + wide * s->width;
        for (int64_t t = 0; t < s->width; t += 96) {
            Vector sums[3], at[3];
            memcpy(sums, from + t, sizeof sums);
            for (int v = 0; v < 3; v++)
                for (int lane = 0; lane < 32; lane++) at[v][lane] = (int16_t)(t + 32 * v + lane);
            for (int64_t i = s->held[before]; i < s->held[wide]; i++) {
                int16_t one = s->after[i] ? s->after[i] : INT16_MAX;
                for (int v = 0; v < 3; v++) sums[v] -= (Vector)(at[v] >= one);
            }
            memcpy(to + t, sums, sizeof sums);
        }
        before = wide;
    }
}

INLINE void reach_row(const Scan *s, const int32_t *places, int64_t many)
{
    int64_t width = s->width;
    memset(s->reached, 0, (size_t)width * sizeof(int16_t));
    for (int64_t entry = 0; entry < many; entry++) {
        const int16_t *restrict before = s->reached + entry * width;
        int16_t *restrict after = s->reached + (entry + 1) * width;
        if (!s->single) {
            const int16_t *restrict own = s->series + (int64_t)places[entry] * width;
            if (entry + 2 < many) {
                const char *next = (const char *)(s->series + (int64_t)places[entry + 2] * width);
                for (int64_t byte = 0; byte < 2 * width; byte += 64) __builtin_prefetch(next + byte);
            }
            for (int64_t t = 0; t < width; t++) after[t] = (int16_t)(before[t] + own[t]);
            continue;
        }
        int64_t first = s->starts[places[entry]], last = s->starts[places[entry] + 1];
        if (first == last) memcpy(after, before, (size_t)width * sizeof(int16_t));
        for (int64_t i = first; i < last; i++) {
            const int16_t *restrict one = s->series + most_of(s->times[i] - s->base + 1, 0) * width;
            const int16_t *from = i == first ? before : after;
            for (int64_t t = 0; t < width; t++) after[t] = (int16_t)(from[t] + one[t]);
        }
    }
}

INLINE double scan_row(const Scan *s, double best, int64_t row, const int32_t *ladder, int below)
{
    const int32_t *places = s->reach + s->rows[row], *table = ladder + level_of(best) * s->buckets_in_ladder;
    const double *zone = s->zone + s->rows[row];
    for (int64_t b = s->first_block[row]; b < s->first_block[row + 1]; b++) {
        const int32_t *block = s->blocks + 4 * b;
        const int16_t *line = s->reached + block[below ? 0 : 1] * s->width;
        int64_t lasts = block[below ? 2 : 3];
        for (int64_t stretch = 0; stretch < s->stretches; stretch++) {
            const int16_t *edge = s->buckets + 3 * (b * s->stretches + stretch);
            int64_t begin = most_of(least_of(stretch * STRETCH, s->steps - STRETCH), 0);
            const int16_t *early = line + begin, *late = early + lasts;
            const int16_t *slope = s->slopes + (block[2] * s->stretches + stretch) * STRETCH;
            int64_t limit = table[edge[below ? 2 : 0]], rise = 0;
            if (below ? limit < 0 : limit > 32767) continue;
            if (!below && limit > s->least) rise = most_of(least_of(table[edge[1]] - limit, STEEPEST), 0);
            uint64_t found = lanes(late, early, (int16_t)least_of(limit, 32767), (int16_t)rise, slope, below);
            if (__builtin_expect(!found, 1)) continue;
            double before = best;
            for (; found; found &= found - 1)
                best = look(s, best, table, ladder, begin + __builtin_ctzll(found), block, places, zone, below);
            if (best > before) table = ladder + level_of(best) * s->buckets_in_ladder;
        }
    }
    return best;
}

static double probe(const Scan *s, double best, int64_t row)
{
    for (int64_t b = s->first_block[row]; b < s->first_block[row + 1]; b++) {
        int32_t wide = s->blocks[4 * b + 1], lasts = (int32_t)least_of(s->blocks[4 * b + 3], s->steps);
        const int32_t one[4] = {wide, wide, lasts, lasts};
        const int16_t *line = s->reached + wide * s->width;
        int64_t fullest = -1, where = 0;
        for (int64_t start = most_of(s->earliest - lasts, 0); start <= s->steps - lasts; start++) {
            int64_t count = (int16_t)(line[start + lasts] - line[start]);
            if (count > fullest) fullest = count, where = start;
        }
        best = look(s, best, s->ladders + level_of(best) * s->buckets_in_ladder, s->ladders, where, one, s->reach + s->rows[row], s->zone + s->rows[row], 0);
    }
    return best;
}

double diaban_scan_series(const Scan *s)
{
    double best = 0.0;
    for (int64_t turn = 0; turn < s->rows_to_probe + s->rows_in_order; turn++) {
        int64_t row = turn < s->rows_to_probe ? s->probes[turn] : s->order[turn - s->rows_to_probe];
        if (turn < s->rows_to_probe && !s->high) continue;
        if (s->sparse) reach_blocks(s, s->reach + s->rows[row], row);
        else reach_row(s, s->reach + s->rows[row], s->rows[row + 1] - s->rows[row]);
        if (turn < s->rows_to_probe) {
            best = probe(s, best, row);
            continue;
        }
        if (s->high) best = scan_row(s, best, row, s->ladders, 0);
        if (s->low) best = scan_row(s, best, row, s->ladders + LEVELS * s->buckets_in_ladder, 1);
    }
    return best;
}
