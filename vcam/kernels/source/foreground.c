#include "kernels.h"

#include <string.h>

enum { FAR = 3, NEAR = 1 }; /* radii of the first and of the second means */

static float within(float value, float low, float high) {
    return value > low ? (value < high ? value : high) : low; /* NaN becomes `low` */
}

/* Replaces each of the colours by the weighted mean of those at most `radius` pixels away,
 * or, where nothing nearby has a weight, by itself.  `scratch` has 4 * (width + 2 * FAR) +
 * 4 * width * height floats. */
static void average(float *restrict colours, const float *restrict weight, int width,
                    int height, int radius, float *restrict scratch) {
    const float least = 1e-6f;
    int side = 2 * radius + 1, values = 4 * width; /* a colour and its weight each */
    float *row = scratch + 4 * FAR, *sums = scratch + 4 * (width + 2 * FAR);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            ptrdiff_t i = (ptrdiff_t)y * width + x;
            for (int k = 0; k < 3; k++)
                row[4 * x + k] = colours[3 * i + k] * weight[i];
            row[4 * x + 3] = weight[i];
        }
        for (int i = 1; i <= radius; i++)
            for (int k = 0; k < 4; k++) {
                row[-4 * i + k] = row[4 * mirrored(-i, width) + k];
                row[4 * (width - 1 + i) + k] = row[4 * mirrored(width - 1 + i, width) + k];
            }
        float *sum = sums + (ptrdiff_t)y * values;
        memset(sum, 0, values * sizeof *sum);
        for (int across = -radius; across <= radius; across++)
            for (int i = 0; i < values; i++)
                sum[i] += row[i + 4 * across];
    }
    for (int y = 0; y < height; y++) {
        memset(row, 0, values * sizeof *row);
        for (int down = -radius; down <= radius; down++) {
            const float *sum = sums + (ptrdiff_t)mirrored(y + down, height) * values;
            for (int i = 0; i < values; i++)
                row[i] += sum[i];
        }
        for (int x = 0; x < width; x++) {
            float *colour = colours + 3 * ((ptrdiff_t)y * width + x);
            float share = 1.0f / (side * side), total = row[4 * x + 3] * share + least;
            for (int k = 0; k < 3; k++)
                colour[k] = (row[4 * x + k] * share + least * colour[k]) / total;
        }
    }
}

/* The person's and the room's colours around each pixel of a small BGR picture.  `scratch`
 * has 4 * (width + 6) + 6 * width * height floats. */
void vcam_foreground_colours(const uint8_t *restrict image, const uint8_t *restrict alpha,
                             int width, int height, float *restrict person,
                             float *restrict room, float *restrict scratch) {
    ptrdiff_t pixels = (ptrdiff_t)width * height;
    float *share = scratch, *rest = share + pixels, *more = rest + pixels;
    for (ptrdiff_t i = 0; i < pixels; i++) {
        share[i] = alpha[i] * (1 / 255.0f);
        rest[i] = 1 - share[i];
    }
    for (ptrdiff_t i = 0; i < 3 * pixels; i++)
        person[i] = room[i] = image[i];
    average(person, share, width, height, FAR, more);
    average(room, rest, width, height, FAR, more);
    /* The rest that the mixture of both does not explain is divided between them. */
    for (ptrdiff_t i = 0; i < pixels; i++)
        for (ptrdiff_t k = 3 * i; k < 3 * i + 3; k++) {
            float left = image[k] - share[i] * person[k] - rest[i] * room[k];
            person[k] = within(person[k] + share[i] * left, 0, 255);
            room[k] = within(room[k] + rest[i] * left, 0, 255);
        }
    average(person, share, width, height, NEAR, more);
    average(room, rest, width, height, NEAR, more);
}

enum { TILE = 8 }; /* pixels; nearly every tile is all person or all room */

/* `image`, but in the pixels whose alpha is 1..254 the colour that the person must have if
 * the room has the colour it has nearby.  `near` and `far`, the person's and the room's
 * colours, are `across` by `down` pixels.  Returns the number of those pixels. */
int vcam_foreground(const uint8_t *restrict image, const uint8_t *restrict alpha, int width,
                    int height, const float *restrict near, const float *restrict far,
                    int across, int down, uint8_t *restrict foreground) {
    int band = 0;
    memcpy(foreground, image, (size_t)3 * width * height);
    for (int y = 0; y < height; y++) {
        ptrdiff_t row = (ptrdiff_t)y * width, line = (ptrdiff_t)y * down / height * across;
        for (int begin = 0; begin < width; begin += TILE) {
            int end = begin + TILE < width ? begin + TILE : width;
            uint64_t eight = 1;
            if (begin + TILE <= width)
                memcpy(&eight, alpha + row + begin, TILE);
            if (eight == 0 || eight == UINT64_MAX)
                continue;
            for (int x = begin; x < end; x++) {
                ptrdiff_t i = row + x;
                if (alpha[i] == 0 || alpha[i] == 255)
                    continue;
                ptrdiff_t there = line + x * across / width;
                float share = alpha[i] * (1 / 255.0f);
                for (int k = 0; k < 3; k++) {
                    float person = near[3 * there + k], room = far[3 * there + k];
                    float clean = image[3 * i + k] - room + (room - person) * share;
                    clean = clean * share + person;
                    foreground[3 * i + k] = (uint8_t)within(clean, 0, 255);
                }
                band++;
            }
        }
    }
    return band;
}
