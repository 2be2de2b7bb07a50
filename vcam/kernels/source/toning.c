#include "kernels.h"

#include <string.h>

enum { TILE = 32 }; /* pixels; nearly every tile of a picture is all person or all room */

static void look_up(const uint8_t *restrict image, const uint8_t (*restrict table)[256],
                    uint8_t *restrict toned, ptrdiff_t pixels) {
    for (ptrdiff_t i = 0; i < 3 * pixels; i += 3) {
        toned[i] = table[0][image[i]];
        toned[i + 1] = table[1][image[i + 1]];
        toned[i + 2] = table[2][image[i + 2]];
    }
}

/* Replaces every value of a BGR picture by that of its channel's column in `table`, which
 * has 256 rows of three.  Tiles where all alpha is 0 are left as they are. */
void vcam_tone(const uint8_t *restrict image, const uint8_t *restrict alpha,
               const uint8_t *restrict table, uint8_t *restrict toned, ptrdiff_t pixels) {
    uint8_t columns[3][256];
    for (int value = 0; value < 256; value++)
        for (int channel = 0; channel < 3; channel++)
            columns[channel][value] = table[3 * value + channel];
    ptrdiff_t i = 0;
    for (; i + TILE <= pixels; i += TILE) {
        uint64_t eights[TILE / 8], any = 0;
        memcpy(eights, alpha + i, TILE);
        for (int k = 0; k < TILE / 8; k++)
            any |= eights[k];
        if (any)
            look_up(image + 3 * i, columns, toned + 3 * i, TILE);
    }
    look_up(image + 3 * i, columns, toned + 3 * i, pixels - i);
}
