#include "kernels.h"

#include <math.h>

enum { CHANNELS = 4 }; /* blue, green, red, and the weight itself */

/* Sums from the left of one row, all four channels: out[c * stride + x] is the sum of what is
 * left of x, where 0 is `radius` pixels outside of the picture. */
static void sum_row(const uint8_t *restrict image, const uint8_t *restrict person, int width,
                    int radius, const int32_t *restrict weigh, uint32_t *restrict out,
                    ptrdiff_t stride) {
    uint32_t blue = 0, green = 0, red = 0, whole = 0;
    for (int x = 0; x < width + 2 * radius; x++) {
        int from = mirrored(x - radius, width);
        uint32_t b = image[3 * from], g = image[3 * from + 1], r = image[3 * from + 2];
        uint32_t most = b > g ? b : g;
        uint32_t hidden = 8u * person[from] > 255 ? 256 : 8u * person[from];
        uint32_t weight = (uint32_t)weigh[most > r ? most : r] * (256 - hidden) >> 8;
        weight = weight ? weight : 1;
        out[x] = blue;
        out[stride + x] = green;
        out[2 * stride + x] = red;
        out[3 * stride + x] = whole;
        /* They may overflow: what is used is the difference of two, which never does. */
        blue += weight * ((b * b + 8) >> 4);
        green += weight * ((g * g + 8) >> 4);
        red += weight * ((r * r + 8) >> 4);
        whole += weight;
    }
    for (int c = 0; c < CHANNELS; c++)
        out[c * stride + width + 2 * radius] =
            c == 0 ? blue : c == 1 ? green : c == 2 ? red : whole;
}

/* The mean over a disc in linear light (grey levels squared), each pixel with the weight
 * `weigh` has for its brightest channel, and next to none where `person` is 32 or more.
 *
 * The disc is `half[k]` pixels wide to both sides of its middle in the rows k above and below
 * it, 0 <= k <= radius, and half[k] <= radius.  No sum of a disc is more than INT32_MAX.
 * `scratch` has room for the sums of 2 * radius + 1 rows, and for those of one row of discs:
 * CHANNELS * (2 * radius + 2) * (width + 2 * radius + 1). */
void vcam_disc_mean(const uint8_t *restrict image, const uint8_t *restrict person, int width,
                    int height, const int32_t *restrict half, int radius,
                    const int32_t *restrict weigh, uint32_t *restrict scratch,
                    uint8_t *restrict result) {
    int rows = 2 * radius + 1, ready = 0;
    ptrdiff_t stride = width + 2 * radius + 1;
    uint32_t *total = scratch + rows * CHANNELS * stride;
    for (int y = 0; y < height; y++) {
        for (; ready < height && ready <= y + radius; ready++)
            sum_row(image + (ptrdiff_t)3 * width * ready, person + (ptrdiff_t)width * ready,
                    width, radius, weigh, scratch + ready % rows * CHANNELS * stride, stride);
        for (ptrdiff_t i = 0; i < CHANNELS * stride; i++)
            total[i] = 0;
        for (int k = -radius; k <= radius; k++) {
            int row = mirrored(y + k, height), reach = half[k < 0 ? -k : k];
            const uint32_t *sums = scratch + row % rows * CHANNELS * stride;
            for (int c = 0; c < CHANNELS; c++) {
                const uint32_t *left = sums + c * stride + radius - reach;
                const uint32_t *right = sums + c * stride + radius + reach + 1;
                uint32_t *sum = total + c * stride;
                for (int x = 0; x < width; x++)
                    sum[x] += right[x] - left[x];
            }
        }
        for (int c = 0; c < CHANNELS - 1; c++) {
            const uint32_t *sum = total + c * stride, *whole = total + 3 * stride;
            uint8_t *out = result + (ptrdiff_t)3 * width * y + c;
            for (int x = 0; x < width; x++) {
                float light = (float)(int32_t)sum[x] / (float)(int32_t)whole[x];
                int level = (int)(sqrtf(light) * 4 + 0.5f);
                out[3 * x] = level > 255 ? 255 : level;
            }
        }
    }
}
