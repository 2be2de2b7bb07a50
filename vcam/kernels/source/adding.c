#include "kernels.h"

#include <string.h>

enum { BITS = 11 }; /* 1 << BITS is the weight of a whole pixel */
enum { TILE = 32 }; /* pixels; nearly every tile is all room, or needs no change */

/* A range of pixels, from `begin` to `end` - 1. */
typedef struct {
    int begin, end;
} Range;

/* The first pixel whose column is at least `wanted`; columns increase. */
static int first_from(int wanted, const int32_t *column, int pixels) {
    int begin = 0, end = pixels;
    while (begin < end) {
        int middle = begin + (end - begin) / 2;
        if (column[middle] < wanted)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

/* The columns that are not 0. */
static Range not_zero(const int16_t *row, int width, int channels) {
    int values = width * channels, first = 0, last = values;
    while (first < values && row[first] == 0)
        first++;
    while (last > first && row[last - 1] == 0)
        last--;
    return (Range){first / channels, (last + channels - 1) / channels};
}

/* Bilinear: the part of a large row that is not 0, out of a small one; the rest becomes 0.
 * Returns where that part is. */
static Range widen(const int16_t *restrict small, int width, int channels,
                   const int32_t *restrict column, const int32_t *restrict share,
                   int16_t *restrict out, int pixels) {
    Range there = not_zero(small, width, channels);
    memset(out, 0, (size_t)channels * pixels * sizeof *out);
    if (there.begin >= there.end)
        return (Range){pixels, 0};
    /* A pixel is mixed of its column and of the next one. */
    Range part = {first_from(there.begin - 1, column, pixels),
                  first_from(there.end, column, pixels)};
    for (int x = part.begin; x < part.end;) {
        int now = column[x], from = x;
        const int16_t *left = small + channels * now;
        const int16_t *right = now + 1 < width ? left + channels : left;
        while (x < part.end && column[x] == now)
            x++;
        for (int k = 0; k < channels; k++) {
            int here = left[k], to = right[k] - here;
            for (int i = from; i < x; i++)
                out[channels * i + k] = (int16_t)(here + (to * share[i] >> BITS));
        }
    }
    return part;
}

/* What lies between two widened rows, in whole grey levels. */
static void mix(int16_t *restrict level, const int16_t *restrict upper,
                const int16_t *restrict lower, int16_t below, int values) {
    for (int i = 0; i < values; i++) {
        int16_t change = (int16_t)(lower[i] - upper[i]);
        /* In 64ths of a grey level. */
        int16_t more = (upper[i] >> 1) + (int16_t)((change * below) >> 16);
        level[i] = (int16_t)(more + 32) >> 6;
    }
}

static uint8_t sum(uint8_t value, int16_t more) {
    int16_t level = (int16_t)(value + more);
    level = level > 0 ? level : 0;
    return (uint8_t)(level < 255 ? level : 255);
}

/* Adds it to `pixels` of a BGR row. */
static void add(uint8_t *restrict row, const int16_t *restrict upper,
                const int16_t *restrict lower, int16_t below, int pixels, int channels) {
    int16_t level[3 * TILE];
    mix(level, upper, lower, below, channels * pixels);
    for (int i = 0; i < 3 * pixels && channels == 3; i++)
        row[i] = sum(row[i], level[i]);
    for (int i = 0; i < pixels && channels == 1; i++)
        for (int k = 0; k < 3; k++)
            row[3 * i + k] = sum(row[3 * i + k], level[i]);
}

static int any(const uint8_t *alpha, int pixels) {
    uint8_t found = 0;
    for (int i = 0; i < pixels; i++)
        found |= alpha[i];
    return found;
}

/* Adds small differences, enlarged as cv2.resize does with INTER_LINEAR, to a BGR picture;
 * nothing is said of pixels whose alpha is 0.  They are in 128ths of a grey level, at most 127
 * levels, the same for all three channels or (`channels` is 3) one for each.
 *
 * Pixel x of a large row is mixed of the small row's pixels column[x], and, with the weight
 * share[x] of 1 << 11, column[x] + 1; `row` and `row_share` say the same about rows.
 * `scratch` has room for two large BGR rows. */
void vcam_add_enlarged(const int16_t *restrict small, int width, int channels,
                       uint8_t *restrict picture, const uint8_t *restrict alpha,
                       int large_width, int large_height, const int32_t *restrict column,
                       const int32_t *restrict share, const int32_t *restrict row,
                       const int32_t *restrict row_share, int16_t *restrict scratch) {
    ptrdiff_t values = (ptrdiff_t)channels * large_width;
    int held[2] = {-1, -1};
    Range parts[2] = {{0, 0}, {0, 0}};
    for (int y = 0; y < large_height; y++) {
        int rows[2] = {row[y], row_share[y] > 0 ? row[y] + 1 : row[y]};
        for (int k = 0; k < 2; k++) {
            int place = rows[k] % 2; /* of two neighbours, one is odd and one is even */
            if (held[place] != rows[k])
                parts[place] = widen(small + (ptrdiff_t)rows[k] * width * channels, width,
                                     channels, column, share, scratch + place * values,
                                     large_width);
            held[place] = rows[k];
        }
        Range one = parts[rows[0] % 2], other = parts[rows[1] % 2];
        int begin = one.begin < other.begin ? one.begin : other.begin;
        int end = one.end > other.end ? one.end : other.end;
        const int16_t *upper = scratch + rows[0] % 2 * values;
        const int16_t *lower = scratch + rows[1] % 2 * values;
        const uint8_t *who = alpha + (ptrdiff_t)y * large_width;
        uint8_t *out = picture + (ptrdiff_t)3 * y * large_width;
        int16_t below = (int16_t)(row_share[y] << (15 - BITS));
        for (int x = begin; x < end; x += TILE) {
            int count = end - x < TILE ? end - x : TILE;
            ptrdiff_t at = (ptrdiff_t)channels * x;
            if (!any(who + x, count))
                continue;
            /* Compiled apart: without loops for what is left over. */
            if (count == TILE && channels == 3)
                add(out + 3 * x, upper + at, lower + at, below, TILE, 3);
            else if (count == TILE)
                add(out + 3 * x, upper + at, lower + at, below, TILE, 1);
            else
                add(out + 3 * x, upper + at, lower + at, below, count, channels);
        }
    }
}
