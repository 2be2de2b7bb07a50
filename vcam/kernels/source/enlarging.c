#include "kernels.h"

#include <string.h>

enum { TILE = 8, BITS = 11, ONE = 1 << BITS }; /* ONE is the weight of a whole pixel */
enum { CACHE_LINE = 64 };

/* The value of a tile if it is all 0 or all 255 in both rows, and in the pixel behind it;
 * -1 otherwise. */
static int level(const uint8_t *upper, const uint8_t *lower, int behind) {
    uint64_t up, low;
    memcpy(&up, upper, TILE);
    memcpy(&low, lower, TILE);
    if ((up | low) == 0 && (upper[behind] | lower[behind]) == 0)
        return 0;
    return (up & low) == UINT64_MAX && (upper[behind] & lower[behind]) == 255 ? 255 : -1;
}

/* The mixture of two pixels, of which the second has the weight `share`, to grey levels. */
static uint8_t mixture(int32_t left, int32_t right, int32_t share) {
    return (left * (ONE - share) + right * share + ONE * ONE / 2) >> 2 * BITS;
}

/* Bilinear: `pixels` of the large row, out of `columns` of the small rows.  `column` counts
 * from `first`, where the small rows begin.  `times`: how many pixels there are for each
 * column, if that is 2 or 3 within the row; other values promise nothing. */
static void interpolate(const uint8_t *restrict upper, const uint8_t *restrict lower,
                        int columns, int below, int first, const int32_t *restrict column,
                        const int32_t *restrict share, uint8_t *restrict out, int pixels,
                        int times) {
    int32_t mixed[TILE + 1];
    if (columns > TILE && (times == 2 || times == 3) && pixels == times * TILE) {
        /* The usual enlargements, in vectors: weights repeat from column to column. */
        for (int i = 0; i < TILE + 1; i++)
            mixed[i] = upper[i] * (ONE - below) + lower[i] * below;
        for (int i = 0; i < TILE && times == 2; i++)
            for (int k = 0; k < 2; k++)
                out[2 * i + k] = mixture(mixed[i], mixed[i + 1], share[k]);
        for (int i = 0; i < TILE && times == 3; i++)
            for (int k = 0; k < 3; k++)
                out[3 * i + k] = mixture(mixed[i], mixed[i + 1], share[k]);
        return;
    }
    for (int i = 0; i < columns; i++)
        mixed[i] = upper[i] * (ONE - below) + lower[i] * below;
    for (int x = 0; x < pixels; x++) {
        int left = column[x] - first, right = left + (share[x] > 0);
        out[x] = mixture(mixed[left], mixed[right], share[x]);
    }
}

static void fill(uint8_t *large, int large_width, int rows, int value, int begin, int end) {
    for (int y = 0; y < rows; y++)
        memset(large + (ptrdiff_t)y * large_width + begin, value, end - begin);
}

/* Enlarges an alpha, as cv2.resize does with INTER_LINEAR.
 *
 * Pixel x of a large row is mixed of the small row's pixels column[x], and, with the weight
 * share[x] of ONE, column[x] + 1; `row` and `row_share` say the same about rows.  The pixels
 * from tile[t] on, before tile[t + 1], are those whose column is in the small row's tile t.
 * Most tiles are all person or all room, and need no arithmetic. */
void vcam_enlarge_alpha(const uint8_t *restrict small, int width, uint8_t *restrict large,
                        int large_width, int large_height, const int32_t *restrict column,
                        const int32_t *restrict share, const int32_t *restrict row,
                        const int32_t *restrict row_share, const int32_t *restrict tile) {
    int whole = width / TILE, times = large_width % width ? 0 : large_width / width;
    for (int y = 0, rows; y < large_height; y += rows) {
        int mixed = row_share[y] > 0;
        /* The large rows between the same two small rows are made together. */
        for (rows = 1; y + rows < large_height; rows++)
            if (row[y + rows] != row[y] || (row_share[y + rows] > 0) != mixed) break;
        /* The alpha was last touched a frame ago: the next rows come from far away. */
        ptrdiff_t next = (ptrdiff_t)(y + rows) * large_width;
        ptrdiff_t after = next + (ptrdiff_t)rows * large_width;
        for (; next < after && y + 2 * rows <= large_height; next += CACHE_LINE)
            __builtin_prefetch(large + next, 1);
        const uint8_t *upper = small + (ptrdiff_t)row[y] * width;
        const uint8_t *lower = mixed ? upper + width : upper;
        uint8_t *out = large + (ptrdiff_t)y * large_width;
        int run = 0, run_level = -1; /* tiles of one level, from `run` on, yet to be filled */
        for (int t = 0; t * TILE < width; t++) {
            int first = t * TILE, left = width - first;
            int behind = left > TILE ? TILE : left - 1;
            int now = t < whole ? level(upper + first, lower + first, behind) : -1;
            if (now != run_level) {
                if (run_level >= 0)
                    fill(out, large_width, rows, run_level, tile[run], tile[t]);
                run = t;
                run_level = now;
            }
            for (int k = 0; k < rows && now < 0; k++)
                interpolate(upper + first, lower + first, behind + 1, row_share[y + k],
                            first, column + tile[t], share + tile[t],
                            out + (ptrdiff_t)k * large_width + tile[t],
                            tile[t + 1] - tile[t], times);
        }
        if (run_level >= 0)
            fill(out, large_width, rows, run_level, tile[run], large_width);
    }
}

/* Bilinear: `pixels` of a large row, in 128ths of a grey level, out of one small BGR row. */
static void widen(const uint8_t *restrict small, int width, const int32_t *restrict column,
                  const int32_t *restrict share, int16_t *restrict out, int pixels) {
    for (int x = 0; x < pixels;) {
        int now = column[x];
        const uint8_t *left = small + 3 * now, *right = now + 1 < width ? left + 3 : left;
        int b = left[0] * 128, g = left[1] * 128, r = left[2] * 128;
        int to_b = right[0] - left[0], to_g = right[1] - left[1], to_r = right[2] - left[2];
        for (; x < pixels && column[x] == now; x++) {
            out[3 * x] = b + (to_b * share[x] >> (BITS - 7));
            out[3 * x + 1] = g + (to_g * share[x] >> (BITS - 7));
            out[3 * x + 2] = r + (to_r * share[x] >> (BITS - 7));
        }
    }
}

/* Enlarges a BGR picture in the same way.  `scratch` has room for two large rows. */
void vcam_enlarge_image(const uint8_t *restrict small, int width, uint8_t *restrict large,
                        int large_width, int large_height, const int32_t *restrict column,
                        const int32_t *restrict share, const int32_t *restrict row,
                        const int32_t *restrict row_share, int16_t *restrict scratch) {
    int values = 3 * large_width, held[2] = {-1, -1};
    for (int y = 0; y < large_height; y++) {
        int rows[2] = {row[y], row_share[y] > 0 ? row[y] + 1 : row[y]};
        for (int k = 0; k < 2; k++) {
            int place = rows[k] % 2; /* of two neighbours, one is odd and one is even */
            if (held[place] != rows[k])
                widen(small + (ptrdiff_t)3 * rows[k] * width, width, column, share,
                      scratch + place * values, large_width);
            held[place] = rows[k];
        }
        const int16_t *upper = scratch + rows[0] % 2 * values;
        const int16_t *lower = scratch + rows[1] % 2 * values;
        uint8_t *out = large + (ptrdiff_t)y * values;
        int16_t below = row_share[y] << (15 - BITS); /* of 1 << 15 */
        for (int i = 0; i < values; i++) {
            int16_t change = (int16_t)(lower[i] - upper[i]);
            /* In 64ths of a grey level. */
            int16_t level = (upper[i] >> 1) + (int16_t)((change * below) >> 16);
            out[i] = (level + 32) >> 6;
        }
    }
}
