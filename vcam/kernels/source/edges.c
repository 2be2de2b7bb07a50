#include <string.h>

#include "kernels.h"

enum { CACHE_LINE = 16 }; /* floats; a guess that is true nearly everywhere */

/* Ratios of sizes, as `up` pixels for `down`: 1:1, 2:1, 5:2 and 5:3.  Pixels are
 * interpolated linearly between their centres; beyond the border they are repeated. */

/* One row, widened. */
static void widen(float *restrict to, const float *restrict from, int width, int up,
                  int down) {
    if (up == 1) {
        memcpy(to, from, (size_t)width * sizeof *to);
        return;
    }
    if (up == 2) {
        for (int i = 0; i < width; i++) {
            float left = from[i > 0 ? i - 1 : 0], right = from[i + 1 < width ? i + 1 : i];
            to[2 * i] = from[i] + (left - from[i]) * 0.25f;
            to[2 * i + 1] = from[i] + (right - from[i]) * 0.25f;
        }
        return;
    }
    if (down == 3) {
        for (int i = 0; i < width; i += down, to += up) {
            float a = from[i > 0 ? i - 1 : 0], b = from[i], c = from[i + 1];
            float d = from[i + 2], e = from[i + 3 < width ? i + 3 : i + 2];
            to[0] = a + (b - a) * 0.8f;
            to[1] = b + (c - b) * 0.4f;
            to[2] = c;
            to[3] = c + (d - c) * 0.6f;
            to[4] = d + (e - d) * 0.2f;
        }
        return;
    }
    for (int i = 0; i < width; i += down, to += up) {
        float a = from[i > 0 ? i - 1 : 0], b = from[i], c = from[i + 1];
        float d = from[i + 2 < width ? i + 2 : i + 1];
        to[0] = a + (b - a) * 0.7f;
        to[1] = b + (c - b) * 0.1f;
        to[2] = b + (c - b) * 0.5f;
        to[3] = b + (c - b) * 0.9f;
        to[4] = c + (d - c) * 0.3f;
    }
}

/* Where a row of the larger picture lies between two rows of the smaller one. */
typedef struct {
    int upper, lower;
    float share; /* of the lower one */
} Between;

static Between between(int y, int height, int up, int down) {
    int position = (2 * y + 1) * down - up; /* in 1 / (2 * up) of a row */
    if (position < 0) return (Between){0, 0, 0.0f};
    int upper = position / (2 * up);
    if (upper >= height - 1) return (Between){height - 1, height - 1, 0.0f};
    return (Between){upper, upper + 1,
                     (float)(position - upper * 2 * up) / (float)(2 * up)};
}

static float limited(float value) {
    /* The order matters: a NaN becomes 0. */
    value = value > 0.0f ? value : 0.0f;
    return value < 255.0f ? value : 255.0f;
}

static void mix(float *restrict to, const float *restrict upper,
                const float *restrict lower, float share, int width) {
    for (int x = 0; x < width; x++) to[x] = upper[x] + (lower[x] - upper[x]) * share;
}

/* A row of the fitted function of the guide's colours.  `upper` and `lower` are the two rows
 * of coefficients that it lies between: four planes, widened. */
static void follow_guide(float *restrict fresh, const float *restrict upper,
                         const float *restrict lower, float share,
                         const uint8_t *restrict guide, int width) {
    for (int x = 0; x < width; x++) {
        const float *u = upper + x, *l = lower + x;
        float blue = u[0] + (l[0] - u[0]) * share;
        float green = u[width] + (l[width] - u[width]) * share;
        float red = u[2 * width] + (l[2 * width] - u[2 * width]) * share;
        float offset = u[3 * width] + (l[3 * width] - u[3 * width]) * share;
        fresh[x] = limited(offset + blue * (float)guide[3 * x] +
                           green * (float)guide[3 * x + 1] +
                           red * (float)guide[3 * x + 2]);
    }
}

/* Doubtful pixels are lowered where the picture shows the room: the less it differs from the
 * clean plate, below `limit` grey levels, the more confidence becomes 0, up to `most`.  What
 * is left is stretched again, so that full confidence stays full. */
static void lower_doubtful(float *restrict fresh, const uint8_t *restrict difference,
                           float limit, float steepness, float most, float doubtful_from,
                           float doubtful_to, int width) {
    for (int x = 0; x < width; x++) {
        float level = (limit - (float)difference[x]) * steepness;
        int doubtful = (fresh[x] >= doubtful_from) & (fresh[x] <= doubtful_to);
        level = doubtful & (level > 0.0f) ? level : 0.0f;
        level = level < most ? level : most;
        float rest = fresh[x] - level * 255.0f;
        fresh[x] = (rest > 0.0f ? rest : 0.0f) / (1.0f - level);
    }
}

/* Draws the alpha of edges, row by row: `mask` on the grid becomes (mask - low) * gain at the
 * size of the result; in the box it follows the guide instead, and is lowered where the clean
 * plate shows the room; the running mean `shown` moves towards it, and is rounded to `alpha`.
 *
 * follow       on the grid: 1 where the mean follows at once, 0 where `keep` of it remains;
 *              NULL: it follows everywhere
 * fit          of guided_fit.c, for the box; NULL: there is no box
 * left...      the box in the result, and the size of the fit
 * guide        a picture of the result's size
 * difference   from the clean plate, of the result's size; NULL: there is none
 * scratch      13 * (result's width) + (grid's width) */
void vcam_edges(const float *restrict mask, const float *restrict follow, int grid_width,
                int grid_height, int up, int down, float low, float gain, float keep,
                const float *restrict fit, int fit_width, int fit_height, int fit_up,
                int fit_down, int left, int top, const uint8_t *restrict guide,
                const uint8_t *restrict difference, float limit, float steepness,
                float most, float doubtful_from, float doubtful_to,
                float *restrict shown, uint8_t *restrict alpha, float *restrict scratch) {
    const int width = grid_width / down * up, height = grid_height / down * up;
    const int box_width = fit ? fit_width / fit_down * fit_up : 0;
    const int box_height = fit ? fit_height / fit_down * fit_up : 0;
    const ptrdiff_t fit_pixels = (ptrdiff_t)fit_width * fit_height;
    /* Of each plane the two rows that were widened last, the even and the odd one. */
    float *levels[2] = {scratch, scratch + width};
    float *gains[2] = {scratch + 2 * width, scratch + 3 * width};
    float *fits[2] = {scratch + 4 * width, scratch + 8 * width};
    float *fresh = scratch + 12 * width;
    float *small = scratch + 13 * width;
    int widened = 0, fit_widened = 0;
    for (int y = 0; y < height; y++, shown += width, alpha += width) {
        Between at = between(y, grid_height, up, down);
        /* The mean was last touched a frame ago: the next row comes from far away. */
        for (int x = 0; x < width && y + 1 < height; x += CACHE_LINE)
            __builtin_prefetch(shown + width + x, 1);
        for (; widened <= at.lower; widened++) {
            const float *row = mask + (ptrdiff_t)widened * grid_width;
            for (int x = 0; x < grid_width; x++) small[x] = limited((row[x] - low) * gain);
            widen(levels[widened & 1], small, grid_width, up, down);
            if (!follow) continue;
            row = follow + (ptrdiff_t)widened * grid_width;
            for (int x = 0; x < grid_width; x++) small[x] = row[x] * keep + (1.0f - keep);
            widen(gains[widened & 1], small, grid_width, up, down);
        }
        mix(fresh, levels[at.upper & 1], levels[at.lower & 1], at.share, width);
        if (y >= top && y < top + box_height) {
            Between in = between(y - top, fit_height, fit_up, fit_down);
            for (; fit_widened <= in.lower; fit_widened++)
                for (int plane = 0; plane < 4; plane++)
                    widen(fits[fit_widened & 1] + plane * box_width,
                          fit + plane * fit_pixels + (ptrdiff_t)fit_widened * fit_width,
                          fit_width, fit_up, fit_down);
            ptrdiff_t start = (ptrdiff_t)y * width + left;
            follow_guide(fresh + left, fits[in.upper & 1], fits[in.lower & 1], in.share,
                         guide + 3 * start, box_width);
            if (difference)
                lower_doubtful(fresh + left, difference + start, limit, steepness, most,
                               doubtful_from, doubtful_to, box_width);
        }
        if (follow) {
            const float *upper = gains[at.upper & 1], *lower = gains[at.lower & 1];
            for (int x = 0; x < width; x++) {
                float step = upper[x] + (lower[x] - upper[x]) * at.share;
                shown[x] += (fresh[x] - shown[x]) * step;
            }
        } else {
            memcpy(shown, fresh, (size_t)width * sizeof *shown);
        }
        for (int x = 0; x < width; x++) alpha[x] = (uint8_t)(int)(limited(shown[x]) + 0.5f);
    }
}
