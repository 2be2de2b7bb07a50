#include "kernels.h"

#include <string.h>

enum { TILE = 32 }; /* pixels, even; nearly every tile is all person or all room */

/* Whether all of these are 0. */
static int is_empty(const uint8_t *values, int count) {
    uint8_t any = 0;
    for (int i = 0; i < count; i++)
        any |= values[i];
    return any == 0;
}

static uint16_t distance(uint8_t one, uint8_t other) {
    return one > other ? one - other : other - one;
}

/* For every two by two pixels, the mean of what changed between two BGR pictures, in quarters
 * of a grey level, 255 at most; and 255 where `was` is not 255 for all four, whatever `last`
 * is there.  The last row or column counts twice where their number is odd. */
void vcam_denoise_change(const uint8_t *restrict image, const uint8_t *restrict last,
                         const uint8_t *restrict was, int width, int height,
                         uint8_t *restrict change) {
    int across = (width + 1) / 2;
    for (int y = 0; y < height; y += 2) {
        ptrdiff_t upper = (ptrdiff_t)y * width;
        ptrdiff_t lower = y + 1 < height ? upper + width : upper;
        uint8_t *row = change + (ptrdiff_t)(y / 2) * across;
        for (int x = 0; x < width; x += TILE) {
            int count = width - x < TILE ? width - x : TILE;
            if (is_empty(was + upper + x, count)) {
                memset(row + x / 2, 255, (size_t)(count + 1) / 2);
                continue;
            }
            uint16_t changed[3 * TILE];
            uint8_t sure[TILE];
            const uint8_t *now[2] = {image + 3 * (upper + x), image + 3 * (lower + x)};
            const uint8_t *before[2] = {last + 3 * (upper + x), last + 3 * (lower + x)};
            for (int i = 0; i < 3 * count; i++)
                changed[i] = distance(now[0][i], before[0][i]) + distance(now[1][i], before[1][i]);
            for (int i = 0; i < count; i++)
                sure[i] = was[upper + x + i] & was[lower + x + i];
            if (count % 2) { /* the last column of the picture */
                memcpy(changed + 3 * count, changed + 3 * (count - 1), 3 * sizeof *changed);
                sure[count] = sure[count - 1];
            }
            for (int i = 0; i < count; i += 2) {
                const uint16_t *six = changed + 3 * i;
                unsigned sum = (six[0] + six[1] + six[2] + six[3] + six[4] + six[5]) / 3u;
                row[(x + i) / 2] = (sure[i] & sure[i + 1]) != 255 || sum > 255 ? 255 : sum;
            }
        }
    }
}

/* Mixes two BGR pictures, `weight` 0..255 being the share of `image` for every two by two
 * pixels, and all of it where `was` is not 255.  No value changes by more than `most`.
 * Tiles of a row where all alpha is 0 are left as they are. */
void vcam_denoise_mix(const uint8_t *restrict image, const uint8_t *restrict last,
                      const uint8_t *restrict was, const uint8_t *restrict alpha,
                      const uint8_t *restrict weight, int width, int height, int most,
                      uint8_t *restrict mixed) {
    int across = (width + 1) / 2;
    for (int y = 0; y < height; y++) {
        ptrdiff_t row = (ptrdiff_t)y * width;
        const uint8_t *weights = weight + (ptrdiff_t)(y / 2) * across;
        for (int x = 0; x < width; x += TILE) {
            int count = width - x < TILE ? width - x : TILE;
            if (is_empty(alpha + row + x, count))
                continue;
            uint8_t share[3 * TILE];
            for (int i = 0; i < count; i++)
                share[3 * i] = share[3 * i + 1] = share[3 * i + 2] =
                    was[row + x + i] == 255 ? weights[(x + i) / 2] : 255;
            const uint8_t *now = image + 3 * (row + x), *before = last + 3 * (row + x);
            uint8_t *result = mixed + 3 * (row + x);
            for (int i = 0; i < 3 * count; i++) {
                uint16_t sum = now[i] * share[i] + before[i] * (255 - share[i]) + 128;
                int16_t value = (uint16_t)(sum + (sum >> 8)) >> 8; /* exactly sum / 255 */
                int16_t low = now[i] - most, high = now[i] + most;
                value = value < low ? low : value;
                result[i] = value > high ? high : value;
            }
        }
    }
}
