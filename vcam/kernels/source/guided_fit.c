#include "kernels.h"

/* K. He, J. Sun, X. Tang, "Guided Image Filtering", ECCV 2010, with a guide in colour: in
 * every window of 2 * radius + 1 pixels the mask is modelled as a linear function of the
 * guide's colours. */

#if defined(__AVX2__)
enum { TILE = 8 };
#else
enum { TILE = 4 };
#endif
enum { LARGEST_RADIUS = 16 };

/* Neighbours in a row, which stay in registers while they are summed, two tiles at a time.
 * Rows in scratch are as long as whole pairs of tiles. */
typedef float Tile __attribute__((vector_size(TILE * sizeof(float)), aligned(4)));

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

static void multiply(float *restrict product, const float *restrict a,
                     const float *restrict b, int length) {
    for (int x = 0; x < length; x++) product[x] = a[x] * b[x];
}

/* The values of one row, and their products; planes follow each other by `length`. */
static void fill(float *restrict row, const float *restrict mask,
                 const uint8_t *restrict guide, int width, int length) {
    /* In 0..1: products of grey levels would exceed the precision of float. */
    const float grey = 1.0f / 255;
    float *restrict blue = row + BLUE * length;
    float *restrict green = row + GREEN * length;
    float *restrict red = row + RED * length;
    for (int x = 0; x < width; x++) {
        row[x] = mask[x];
        blue[x] = (float)guide[3 * x] * grey;
        green[x] = (float)guide[3 * x + 1] * grey;
        red[x] = (float)guide[3 * x + 2] * grey;
    }
    for (int x = width; x < length; x++) row[x] = blue[x] = green[x] = red[x] = 0.0f;
    multiply(row + BLUE_MASK * length, blue, row, length);
    multiply(row + GREEN_MASK * length, green, row, length);
    multiply(row + RED_MASK * length, red, row, length);
    multiply(row + BLUE_BLUE * length, blue, blue, length);
    multiply(row + BLUE_GREEN * length, blue, green, length);
    multiply(row + BLUE_RED * length, blue, red, length);
    multiply(row + GREEN_GREEN * length, green, green, length);
    multiply(row + GREEN_RED * length, green, red, length);
    multiply(row + RED_RED * length, red, red, length);
}

/* The sums of `count` rows, which begin at rows + starts[0], starts[1] and so on. */
static void sum_down(float *restrict sums, const float *restrict rows,
                     const ptrdiff_t *restrict starts, int count, int length) {
    for (int x = 0; x < length; x += 2 * TILE) {
        Tile left = {0}, right = {0};
        for (int k = 0; k < count; k++) {
            const float *row = rows + starts[k] + x;
            left += *(const Tile *)row;
            right += *(const Tile *)(row + TILE);
        }
        *(Tile *)(sums + x) = left;
        *(Tile *)(sums + x + TILE) = right;
    }
}

/* The sums of 2 * radius + 1 neighbours in a row, times `scale`.  There is space for
 * `radius` values on either side of `row`. */
static void sum_across(float *restrict sums, float *restrict row, int radius, int width,
                       int length, float scale) {
    for (int k = 1; k <= radius; k++) {
        row[-k] = row[reflected(-k, width)];
        row[width - 1 + k] = row[reflected(width - 1 + k, width)];
    }
    for (int x = 0; x < length; x += 2 * TILE) {
        Tile left = {0}, right = {0};
        for (int k = -radius; k <= radius; k++) {
            left += *(const Tile *)(row + x + k);
            right += *(const Tile *)(row + x + k + TILE);
        }
        *(Tile *)(sums + x) = left * scale;
        *(Tile *)(sums + x + TILE) = right * scale;
    }
}

/* The means, times `scale` * (2 * radius + 1)^2, of windows around the pixels of one row. */
static void average(float *restrict means, float *restrict sums, const float *restrict rows,
                    const ptrdiff_t *restrict starts, int planes, int radius, int width,
                    int length, float scale) {
    const int padded = length + 2 * radius;
    /* All planes down, then all across: memory that was just written is slow to read. */
    for (int plane = 0; plane < planes; plane++)
        sum_down(sums + plane * padded, rows + plane * length, starts, 2 * radius + 1,
                 length);
    for (int plane = 0; plane < planes; plane++)
        sum_across(means + plane * length, sums + plane * padded, radius, width, length,
                   scale);
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
 * scratch: 13 * ((2 * radius + 2) * length + length + 2 * radius)
 *          + 4 * (2 * radius + 1) * length, where length is the width in whole 16s */
void vcam_guided_fit(const float *restrict mask, ptrdiff_t mask_stride,
                     const uint8_t *restrict guide, ptrdiff_t guide_stride, int width,
                     int height, int radius, float epsilon, float low, float gain,
                     float *restrict fit, float *restrict scratch) {
    const int side = 2 * radius + 1;
    const int length = (width + 2 * TILE - 1) / (2 * TILE) * (2 * TILE);
    const int padded = length + 2 * radius;
    const ptrdiff_t pixels = (ptrdiff_t)width * height;
    const float share = 1.0f / (float)(side * side);
    /* Rows that windows reach: row i is in slot i % side. */
    float *values = scratch;
    float *slopes = values + side * PLANES * length;
    float *means = slopes + side * 4 * length;
    float *sums = means + PLANES * length + radius;
    ptrdiff_t starts[2 * LARGEST_RADIUS + 1];
    int read = 0;
    for (int i = 0; i < PLANES * padded; i++) sums[i - radius] = 0.0f;
    for (int y = 0; y < height + radius; y++) {
        if (y < height) {
            for (; read < height && read <= y + radius; read++)
                fill(values + read % side * PLANES * length, mask + read * mask_stride,
                     guide + read * guide_stride, width, length);
            find_rows(starts, y, radius, height, side, PLANES * length);
            average(means, sums, values, starts, PLANES, radius, width, length, share);
            float *row = slopes + y % side * 4 * length;
            solve(row, row + length, row + 2 * length, row + 3 * length, means, epsilon,
                  length);
        }
        int ready = y - radius;
        if (ready < 0) continue;
        find_rows(starts, ready, radius, height, side, 4 * length);
        average(means, sums, slopes, starts, 4, radius, width, length, share * gain);
        float *row = fit + (ptrdiff_t)ready * width;
        for (int x = 0; x < width; x++) {
            row[x] = means[x] * (1.0f / 255);
            row[pixels + x] = means[length + x] * (1.0f / 255);
            row[2 * pixels + x] = means[2 * length + x] * (1.0f / 255);
            row[3 * pixels + x] = means[3 * length + x] - low * gain;
        }
    }
}
