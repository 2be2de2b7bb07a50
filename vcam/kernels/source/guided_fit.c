#include "kernels.h"

/* K. He, J. Sun, X. Tang, "Guided Image Filtering", ECCV 2010, with a guide in colour: in
 * every window of 2 * radius + 1 pixels the mask is modelled as a linear function of the
 * guide's colours. */

enum { LARGEST_RADIUS = 16 };

/* What is averaged over windows, in planes one after the other. */
enum {
    MASK, BLUE, GREEN, RED,
    BLUE_MASK, GREEN_MASK, RED_MASK,
    BLUE_BLUE, BLUE_GREEN, BLUE_RED, GREEN_GREEN, GREEN_RED, RED_RED,
    PLANES
};

/* The index that is meant by one beyond the border: the picture is reflected there. */
static int reflected(int index, int count) {
    while (index < 0 || index >= count)
        index = index < 0 ? -index - 1 : 2 * count - 1 - index;
    return index;
}

/* The values of one row, and their products. */
static void products(float *restrict row, const float *restrict mask,
                     const uint8_t *restrict guide, int width) {
    /* In 0..1: products of grey levels would exceed the precision of float. */
    const float grey = 1.0f / 255;
    float *restrict blue = row + BLUE * width;
    float *restrict green = row + GREEN * width;
    float *restrict red = row + RED * width;
    for (int x = 0; x < width; x++) {
        row[x] = mask[x];
        blue[x] = (float)guide[3 * x] * grey;
        green[x] = (float)guide[3 * x + 1] * grey;
        red[x] = (float)guide[3 * x + 2] * grey;
    }
    for (int x = 0; x < width; x++) {
        float m = row[x], b = blue[x], g = green[x], r = red[x];
        row[BLUE_MASK * width + x] = b * m;
        row[GREEN_MASK * width + x] = g * m;
        row[RED_MASK * width + x] = r * m;
        row[BLUE_BLUE * width + x] = b * b;
        row[BLUE_GREEN * width + x] = b * g;
        row[BLUE_RED * width + x] = b * r;
        row[GREEN_GREEN * width + x] = g * g;
        row[GREEN_RED * width + x] = g * r;
        row[RED_RED * width + x] = r * r;
    }
}

/* The sums of 2 * radius + 1 rows, which begin at rows + starts[0], starts[1] and so on. */
static void sum_down(float *restrict sums, const float *restrict rows,
                     const ptrdiff_t *restrict starts, int radius, int width) {
    const float *middle = rows + starts[radius];
    for (int x = 0; x < width; x++) sums[x] = middle[x];
    for (int k = 0; k < radius; k++) {
        const float *above = rows + starts[k], *below = rows + starts[2 * radius - k];
        for (int x = 0; x < width; x++) sums[x] += above[x] + below[x];
    }
}

/* The sums of 2 * radius + 1 neighbours in a row, times `scale`.  There is space for
 * `radius` values on either side of `row`. */
static void sum_across(float *restrict sums, float *restrict row, int radius, int width,
                       float scale) {
    for (int k = 1; k <= radius; k++) {
        row[-k] = row[reflected(-k, width)];
        row[width - 1 + k] = row[reflected(width - 1 + k, width)];
    }
    for (int x = 0; x < width; x++) sums[x] = row[x];
    for (int k = 1; k < radius; k++)
        for (int x = 0; x < width; x++) sums[x] += row[x - k] + row[x + k];
    for (int x = 0; x < width; x++)
        sums[x] = (sums[x] + row[x - radius] + row[x + radius]) * scale;
}

/* The slopes by blue, green and red, and the offset, that best give the mask: per pixel a
 * symmetric, positive definite system, solved as L D L^T. */
static void solve(float *restrict blue, float *restrict green, float *restrict red,
                  float *restrict offset, const float *restrict mean, float epsilon,
                  int width) {
    for (int x = 0; x < width; x++) {
        const float *m = mean + x;
        float level = m[0];
        float mb = m[BLUE * width], mg = m[GREEN * width], mr = m[RED * width];
        float b = m[BLUE_MASK * width] - mb * level;
        float g = m[GREEN_MASK * width] - mg * level;
        float r = m[RED_MASK * width] - mr * level;
        float bb = m[BLUE_BLUE * width] - mb * mb + epsilon;
        float bg = m[BLUE_GREEN * width] - mb * mg;
        float br = m[BLUE_RED * width] - mb * mr;
        float gg = m[GREEN_GREEN * width] - mg * mg + epsilon;
        float gr = m[GREEN_RED * width] - mg * mr;
        float rr = m[RED_RED * width] - mr * mr + epsilon;
        float lower_g = bg / bb, lower_r = br / bb;
        gg -= lower_g * bg;
        gr -= lower_r * bg;
        float lower = gr / gg;
        rr -= lower_r * br + lower * gr;
        g -= lower_g * b;
        r = (r - lower_r * b - lower * g) / rr;
        g = g / gg - lower * r;
        b = b / bb - lower_g * g - lower_r * r;
        blue[x] = b;
        green[x] = g;
        red[x] = r;
        offset[x] = level - b * mb - g * mg - r * mr;
    }
}

/* Where the rows of the windows around row y begin; row i is in slot i % slots. */
static void find_rows(ptrdiff_t *starts, int y, int radius, int height, int slots,
                      ptrdiff_t stride) {
    for (int k = -radius; k <= radius; k++)
        starts[radius + k] = reflected(y + k, height) % slots * stride;
}

/* Four planes of the mask's size: slopes per grey level of blue, green and red, and the
 * offset, all averaged over windows, for (mask - low) * gain.
 *
 * scratch: (2 * radius + 1) * 13 * width + 13 * width + (width + 2 * radius)
 *          + 4 * width * height */
void vcam_guided_fit(const float *restrict mask, ptrdiff_t mask_stride,
                     const uint8_t *restrict guide, ptrdiff_t guide_stride, int width,
                     int height, int radius, float epsilon, float low, float gain,
                     float *restrict fit, float *restrict scratch) {
    const int side = 2 * radius + 1;
    const ptrdiff_t pixels = (ptrdiff_t)width * height;
    const ptrdiff_t row_size = (ptrdiff_t)PLANES * width;
    const float share = 1.0f / (float)(side * side);
    float *ring = scratch;
    float *means = ring + side * row_size;
    float *sums = means + row_size + radius;
    float *slopes = sums + width + radius;
    ptrdiff_t starts[2 * LARGEST_RADIUS + 1];
    int read = 0;
    for (int y = 0; y < height; y++) {
        for (; read < height && read <= y + radius; read++)
            products(ring + read % side * row_size, mask + read * mask_stride,
                     guide + read * guide_stride, width);
        find_rows(starts, y, radius, height, side, row_size);
        for (int plane = 0; plane < PLANES; plane++) {
            sum_down(sums, ring + (ptrdiff_t)plane * width, starts, radius, width);
            sum_across(means + (ptrdiff_t)plane * width, sums, radius, width, share);
        }
        float *row = slopes + (ptrdiff_t)y * width;
        solve(row, row + pixels, row + 2 * pixels, row + 3 * pixels, means, epsilon, width);
    }
    for (int y = 0; y < height; y++) {
        find_rows(starts, y, radius, height, height, width);
        for (int plane = 0; plane < 4; plane++) {
            float *row = fit + plane * pixels + (ptrdiff_t)y * width;
            float grey = plane < 3 ? 1.0f / 255 : 1.0f;
            sum_down(sums, slopes + plane * pixels, starts, radius, width);
            sum_across(row, sums, radius, width, share * gain * grey);
        }
        float *offset = fit + 3 * pixels + (ptrdiff_t)y * width;
        for (int x = 0; x < width; x++) offset[x] -= low * gain;
    }
}
