#include "kernels.h"

enum { PARTS = 128 }; /* of a grey level */

/* Row y of `small`, enlarged to twice its size, bilinearly: `columns` in, twice as many out.
 * Each pixel is mixed of its own and of the nearer neighbour, which at the border is itself. */
static void enlarge(const float *restrict small, int columns, int rows, int y,
                    float *restrict mixed, float *restrict out) {
    int next = y / 2 + (y % 2 ? 1 : -1);
    next = next < 0 ? 0 : next < rows ? next : rows - 1;
    const float *own = small + (ptrdiff_t)(y / 2) * columns;
    const float *neighbour = small + (ptrdiff_t)next * columns;
    mixed++; /* one more at either end */
    for (int x = 0; x < columns; x++)
        mixed[x] = own[x] + (neighbour[x] - own[x]) * 0.25f;
    mixed[-1] = mixed[0];
    mixed[columns] = mixed[columns - 1];
    for (int x = 0; x < columns; x++) {
        out[2 * x] = mixed[x] + (mixed[x - 1] - mixed[x]) * 0.25f;
        out[2 * x + 1] = mixed[x] + (mixed[x + 1] - mixed[x]) * 0.25f;
    }
}

/* What makes the brightness of a BGR picture smoother: slope * brightness + offset, within
 * `most`, in 128ths of a grey level.  Slopes and offsets, `columns` by `rows`, are enlarged to
 * twice their size for the part of the picture, and of the result, that begins at column
 * `left` and row `top`; both are `width` pixels wide.  `scratch` has 5 * columns + 2. */
void vcam_soften(const uint8_t *restrict picture, int width, const float *restrict slope,
                 const float *restrict offset, int columns, int rows, int left, int top,
                 float most, int16_t *restrict more, float *restrict scratch) {
    float *slopes = scratch, *offsets = slopes + 2 * columns, *mixed = offsets + 2 * columns;
    for (int y = 0; y < 2 * rows; y++) {
        enlarge(slope, columns, rows, y, mixed, slopes);
        enlarge(offset, columns, rows, y, mixed, offsets);
        ptrdiff_t at = (ptrdiff_t)(top + y) * width + left;
        const uint8_t *bgr = picture + 3 * at;
        int16_t *out = more + at;
        for (int x = 0; x < 2 * columns; x++) {
            /* Of 256. */
            int level = 29 * bgr[3 * x] + 150 * bgr[3 * x + 1] + 77 * bgr[3 * x + 2];
            float change = slopes[x] * ((float)level * (1 / 256.0f)) + offsets[x];
            /* The order matters: a NaN becomes -most. */
            change = change > -most ? change : -most;
            change = change < most ? change : most;
            out[x] = (int16_t)(change * PARTS);
        }
    }
}
