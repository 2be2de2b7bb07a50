#include "kernels.h"

#include <string.h>

enum { TILE = 32 }; /* pixels; nearly every tile of a picture is all person or all room */
enum { AHEAD = 3 * 1024, CACHE_LINE = 64 }; /* bytes; fetched so early, and at once */

/* Fetches what a tile needs.  Frames were last touched long ago, and come from far away. */
static void fetch(const uint8_t *source, const uint8_t *result) {
    for (int i = 0; i < 3 * TILE; i += CACHE_LINE) {
        __builtin_prefetch(source + i);
        __builtin_prefetch(result + i, 1);
    }
}

/* (alpha * person + (255 - alpha) * background) / 255, rounded to the nearest. */
static void blend(const uint8_t *restrict person, const uint8_t *restrict background,
                  const uint8_t *restrict alpha, uint8_t *restrict result, int pixels) {
    uint8_t weight[3 * TILE];
    for (int i = 0; i < pixels; i++)
        weight[3 * i] = weight[3 * i + 1] = weight[3 * i + 2] = alpha[i];
    for (int i = 0; i < 3 * pixels; i++) {
        uint16_t sum = person[i] * weight[i] + background[i] * (255 - weight[i]) + 128;
        result[i] = (uint16_t)(sum + (sum >> 8)) >> 8; /* exactly sum / 255 */
    }
}

/* Puts a person in front of a background, both BGR: bit-identical to the background where
 * alpha is 0, and to the person where it is 255. */
void vcam_composite(const uint8_t *restrict person, const uint8_t *restrict background,
                    const uint8_t *restrict alpha, uint8_t *restrict result,
                    ptrdiff_t pixels) {
    ptrdiff_t i = 0;
    const uint8_t *source = background; /* of the last tile, and so probably of the next */
    for (; i + TILE <= pixels; i += TILE) {
        if (3 * (pixels - i - TILE) >= AHEAD)
            fetch(source + 3 * i + AHEAD, result + 3 * i + AHEAD);
        uint64_t eights[TILE / 8], any = 0, all = UINT64_MAX;
        memcpy(eights, alpha + i, TILE);
        for (int k = 0; k < TILE / 8; k++) {
            any |= eights[k];
            all &= eights[k];
        }
        if (any == 0 || all == UINT64_MAX) {
            source = any ? person : background;
            memcpy(result + 3 * i, source + 3 * i, 3 * TILE);
        } else {
            blend(person + 3 * i, background + 3 * i, alpha + i, result + 3 * i, TILE);
        }
    }
    blend(person + 3 * i, background + 3 * i, alpha + i, result + 3 * i, (int)(pixels - i));
}
