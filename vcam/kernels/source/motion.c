#include "kernels.h"

#include <math.h>

enum {
    SAMPLED = 4,        /* medians are those of every fourth pixel each way */
    LEVEL = 256,        /* units of change in one grey level: the sum of the blur's weights */
    MOST = 255 * LEVEL, /* units that a pixel can change by */
    MARGIN = 2          /* space on either side of a row */
};

/* Reflects a row beyond both ends. */
static void pad(float *row, int width) {
    for (int k = 1; k <= MARGIN; k++) {
        row[-k] = row[mirrored(-k, width)];
        row[width - 1 + k] = row[mirrored(width - 1 + k, width)];
    }
}

/* The upper median of whole numbers from -MOST to MOST: `minus` each and, if asked, without
 * their signs.  First the 512 numbers are found among which it is, then itself. */
static int median(const float *restrict values, int count, int minus, int absolute) {
    enum { FINE = 512, OFFSET = 2 * MOST, COARSE = 4 * MOST / FINE + 1 };
    int coarse[COARSE] = {0}, fine[FINE] = {0}, at = 0, below = 0, k = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < count; i++) {
            int value = (int)values[i] - minus;
            unsigned place = (absolute && value < 0 ? -value : value) + OFFSET;
            if (pass == 0)
                coarse[place / FINE]++;
            else
                fine[place % FINE] += (int)(place / FINE) == at;
        }
        for (; pass == 0 && below + coarse[at] <= count / 2; at++) below += coarse[at];
    }
    for (; below + fine[k] <= count / 2; k++) below += fine[k];
    return at * FINE + k - OFFSET;
}

/* How much row y of the blurred picture changed, in units.  The blur is a Gaussian of
 * 2 * radius + 1 pixels; it is linear, so the change is blurred and not each picture. */
static inline void blurred_change(const uint8_t *restrict now, const uint8_t *restrict last,
                                  int width, int height, int y, int radius,
                                  float *restrict change, float *restrict row) {
    const int16_t weights[2][5] = {{0, 1, 2, 1, 0}, {1, 4, 6, 4, 1}};
    const int16_t *weight = weights[radius - 1] + 2;
    const float scale = radius == 2 ? 1.0f : 16.0f; /* smaller weights have a smaller sum */
    const uint8_t *a[5], *b[5];
    for (int k = -radius; k <= radius; k++) {
        a[k + 2] = now + (ptrdiff_t)mirrored(y + k, height) * width;
        b[k + 2] = last + (ptrdiff_t)mirrored(y + k, height) * width;
    }
    for (int x = 0; x < width; x++) {
        int16_t sum = 0;
        for (int k = -radius; k <= radius; k++)
            sum += (int16_t)(weight[k] * (int16_t)(a[k + 2][x] - b[k + 2][x]));
        row[x] = sum;
    }
    pad(row, width);
    for (int x = 0; x < width; x++) {
        float sum = 0.0f;
        for (int k = -radius; k <= radius; k++) sum += (float)weight[k] * row[x + k];
        change[x] = sum * scale;
    }
}

static inline float larger(float one, float other) {
    return one > other ? one : other;
}

/* 0..1 over the `span` levels from `start`. */
static inline float ramp(float level, float start, float span) {
    float share = (level - start) * (1.0f / span);
    share = larger(share, 0.0f);
    return share < 1.0f ? share : 1.0f;
}

/* See vcam_motion. */
static inline void find(const uint8_t *restrict now, const uint8_t *restrict last,
                        int width, int height, int radius, int gain_limit,
                        float noise_limit, float noisy, float threshold, float span,
                        float gone_threshold, float gone_span, float *restrict moved,
                        float *restrict gone, float *restrict scratch) {
    const int padded = width + 2 * MARGIN, side = 2 * radius + 1;
    float *row = scratch + MARGIN;
    float *means = row + padded; /* of windows; row i is in slot i % side */
    float *changes = means + 5 * padded;
    float *samples = changes + 5 * padded - MARGIN;
    const float *rows[5];

    int count = 0;
    for (int y = 0; y < height; y += SAMPLED) {
        blurred_change(now, last, width, height, y, radius, changes, row);
        for (int x = 0; x < width; x += SAMPLED) samples[count++] = changes[x];
    }
    int most_shift = gain_limit * LEVEL, shift = median(samples, count, 0, 0);
    shift = shift < -most_shift ? -most_shift : shift > most_shift ? most_shift : shift;
    float noise = (float)median(samples, count, shift, 1) / LEVEL;
    noise = noise < noise_limit ? noise : noise_limit;

    const float minus = (float)shift, share = 1.0f / (float)(side * side * LEVEL);
    int read = 0;
    for (int y = 0; y < height + radius; y++) {
        if (y < height) {
            for (; read < height && read <= y + radius; read++) {
                float *change = changes + read % side * padded;
                blurred_change(now, last, width, height, read, radius, change, row);
                for (int x = 0; x < width; x++) change[x] = fabsf(change[x] - minus);
            }
            for (int k = -radius; k <= radius; k++)
                rows[k + 2] = changes + mirrored(y + k, height) % side * padded;
            for (int x = 0; x < width; x++) {
                float sum = 0.0f;
                for (int k = -radius; k <= radius; k++) sum += rows[k + 2][x];
                row[x] = sum;
            }
            pad(row, width);
            float *mean = means + y % side * padded;
            for (int x = 0; x < width; x++) {
                float sum = 0.0f;
                for (int k = -radius; k <= radius; k++) sum += row[x + k];
                mean[x] = sum * share;
            }
        }
        int ready = y - radius;
        if (ready < 0)
            continue;
        /* The largest mean in the window; beyond the border there is none. */
        for (int k = -radius; k <= radius; k++) {
            int i = ready + k < 0 ? 0 : ready + k < height ? ready + k : height - 1;
            rows[k + 2] = means + i % side * padded;
        }
        for (int x = 0; x < width; x++) {
            float most = 0.0f;
            for (int k = -radius; k <= radius; k++) most = larger(rows[k + 2][x], most);
            row[x] = most;
        }
        for (int k = 1; k <= MARGIN; k++) row[-k] = row[width - 1 + k] = 0.0f;
        float *here = moved + (ptrdiff_t)ready * width;
        float *there = gone + (ptrdiff_t)ready * width;
        for (int x = 0; x < width; x++) {
            float most = 0.0f;
            for (int k = -radius; k <= radius; k++) most = larger(row[x + k], most);
            here[x] = ramp(most, noisy * noise + threshold, span);
            there[x] = ramp(most, noisy * noise + gone_threshold, gone_span);
        }
    }
}

/* Where one grey picture differs from the last by more than exposure and noise explain, in
 * two ramps: 0..1 over `span` levels from `threshold` on, and the same for `gone`.
 * Exposure explains a shift by at most `gain_limit` levels; the noise is at most
 * `noise_limit`, and counts `noisy` times.  Differences are averaged over windows of
 * 2 * radius + 1 pixels; `radius` is 1 or 2.
 *
 * scratch: 11 * (width + 4) + (width + 3) / 4 * ((height + 3) / 4) */
void vcam_motion(const uint8_t *restrict now, const uint8_t *restrict last, int width,
                 int height, int radius, int gain_limit, float noise_limit, float noisy,
                 float threshold, float span, float gone_threshold, float gone_span,
                 float *restrict moved, float *restrict gone, float *restrict scratch) {
    /* Two calls, so that loops over a window are compiled for a radius that is known. */
    if (radius == 2)
        find(now, last, width, height, 2, gain_limit, noise_limit, noisy, threshold, span,
             gone_threshold, gone_span, moved, gone, scratch);
    else
        find(now, last, width, height, 1, gain_limit, noise_limit, noisy, threshold, span,
             gone_threshold, gone_span, moved, gone, scratch);
}
