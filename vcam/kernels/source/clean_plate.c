#include "kernels.h"

#include <string.h>

enum { STRIP = 64 }; /* pixels; both loops over a strip become vector instructions */

/* How much each pixel of two BGR pictures differs, in the channel that differs most; at
 * least `unknown`, which is 255 where the plate is not known. */
void vcam_plate_difference(const uint8_t *restrict picture, const uint8_t *restrict plate,
                           const uint8_t *restrict unknown, uint8_t *restrict difference,
                           ptrdiff_t pixels) {
    for (ptrdiff_t begin = 0; begin < pixels; begin += STRIP) {
        int count = pixels - begin < STRIP ? (int)(pixels - begin) : STRIP;
        const uint8_t *one = picture + 3 * begin, *other = plate + 3 * begin;
        uint8_t off[3 * STRIP];
        for (int i = 0; i < 3 * count; i++)
            off[i] = one[i] > other[i] ? one[i] - other[i] : other[i] - one[i];
        for (int i = 0; i < count; i++) {
            uint8_t most = unknown[begin + i];
            for (int k = 0; k < 3; k++)
                most = off[3 * i + k] > most ? off[3 * i + k] : most;
            difference[begin + i] = most;
        }
    }
}

/* The upper median of `count` integers, of which counts[k] are k. */
static int median(const int *counts, int count) {
    int k = 0;
    for (int below = counts[0]; below <= count / 2; below += counts[k])
        k++;
    return k;
}

enum { LEVELS = 256 };

/* How much brighter the picture is than the plate, per channel and at most by `limit`, and
 * how much it differs apart from that.  Both are medians of every `step`-th known pixel each
 * way.  Returns how many there were; with less than `fewest` nothing is measured. */
int vcam_plate_exposure(const uint8_t *restrict picture, const uint8_t *restrict plate,
                        const uint8_t *restrict unknown, int width, int height, int step,
                        int fewest, int limit, int32_t *restrict brighter,
                        int32_t *restrict noise) {
    int changes[3][2 * LEVELS] = {{0}}, off[2 * LEVELS] = {0}, known = 0;
    for (int y = step / 2; y < height; y += step)
        for (int x = step / 2; x < width; x += step) {
            ptrdiff_t i = (ptrdiff_t)y * width + x;
            int counts = unknown[i] == 0;
            known += counts;
            for (int k = 0; k < 3; k++)
                changes[k][LEVELS + picture[3 * i + k] - plate[3 * i + k]] += counts;
        }
    if (known < fewest)
        return known;
    for (int k = 0; k < 3; k++) {
        int shift = median(changes[k], known) - LEVELS;
        shift = shift < -limit ? -limit : shift > limit ? limit : shift;
        brighter[k] = shift;
        for (int i = 0; i < 2 * LEVELS; i++) {
            int beyond = i - LEVELS - shift;
            off[beyond < 0 ? -beyond : beyond] += changes[k][i];
        }
    }
    *noise = median(off, 3 * known);
    return known;
}

/* Moves the plate a quarter of the way to the picture where `room` is not 0, and all of the
 * way where `fresh` is not 0 as well.  Those two are on the grid, which is smaller. */
void vcam_plate_learn(uint8_t *restrict plate, const uint8_t *restrict picture, int width,
                      int height, const uint8_t *restrict room,
                      const uint8_t *restrict fresh, int columns, int rows) {
    for (int y = 0; y < height; y++) {
        ptrdiff_t line = (ptrdiff_t)y * rows / height * columns;
        for (int from = 0, to; from < columns; from = to) {
            uint8_t here = room[line + from], is_new = fresh[line + from];
            for (to = from + 1; to < columns; to++)
                if (room[line + to] != here || fresh[line + to] != is_new)
                    break;
            /* The pixels x for which x * columns / width is from `from` to `to` - 1. */
            ptrdiff_t first = ((ptrdiff_t)from * width + columns - 1) / columns;
            ptrdiff_t end = ((ptrdiff_t)to * width + columns - 1) / columns;
            ptrdiff_t begin = 3 * ((ptrdiff_t)y * width + first), count = 3 * (end - first);
            if (here && is_new)
                memcpy(plate + begin, picture + begin, count);
            for (ptrdiff_t i = begin; i < begin + count && here && !is_new; i++) {
                uint16_t sum = 3 * plate[i] + picture[i];
                /* A quarter, rounded to the nearest, a half to even. */
                plate[i] = (uint16_t)(sum + 1 + ((sum >> 2) & 1)) >> 2;
            }
        }
    }
}

/* Lowers confidence of which a plane is not sure, from `doubtful_from` to `doubtful_to`, where
 * the picture shows the room: the less the difference from the plate, below `limit` grey
 * levels, the more of it becomes 0, up to `most`.  What is left is stretched again, so that
 * full confidence stays full. */
void vcam_plate_lower(float *restrict mask, const uint8_t *restrict difference, float limit,
                      float steepness, float most, float doubtful_from, float doubtful_to,
                      ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        float level = (limit - (float)difference[i]) * steepness;
        int doubtful = (mask[i] >= doubtful_from) & (mask[i] <= doubtful_to);
        level = doubtful & (level > 0.0f) ? level : 0.0f;
        level = level < most ? level : most;
        float rest = mask[i] - level;
        float lowered = (rest > 0.0f ? rest : 0.0f) / (1.0f - level);
        mask[i] = level > 0.0f ? lowered : mask[i];
    }
}
