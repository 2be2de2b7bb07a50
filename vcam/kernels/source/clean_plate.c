#include "kernels.h"

#include <string.h>

enum { AROUND = 2 }; /* cells of the grid around a cell of the room that are room as well */
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

/* 255 where the mask, and all of it that is at most AROUND away, is at most `room_at`, and
 * what moved is at most `rests`.  `low` is as large; `column` has 2 * AROUND more than a row. */
static void find_room(const float *restrict mask, const float *restrict moved,
                      uint8_t *restrict room, uint8_t *restrict low,
                      uint8_t *restrict column, int columns, int rows, float room_at,
                      float rests) {
    for (ptrdiff_t i = 0; i < (ptrdiff_t)columns * rows; i++)
        low[i] = (mask[i] >= -1.0f) & (mask[i] <= room_at) ? 255 : 0;
    for (int y = 0; y < rows; y++) {
        ptrdiff_t line = (ptrdiff_t)y * columns;
        memset(column, 255, columns + 2 * AROUND);
        for (int k = y - AROUND; k <= y + AROUND; k++) {
            const uint8_t *row = low + (ptrdiff_t)k * columns;
            if (k < 0 || k >= rows) continue;
            for (int x = 0; x < columns; x++) column[AROUND + x] &= row[x];
        }
        for (int x = 0; x < columns; x++) {
            uint8_t rest = (moved[line + x] >= -1.0f) & (moved[line + x] <= rests) ? 255 : 0;
            for (int k = 0; k <= 2 * AROUND; k++) rest &= column[x + k];
            room[line + x] = rest;
        }
    }
}

/* Moves the plate a quarter of the way to the picture where `room` is not 0, and all of the
 * way where it was never learnt.  Those two are on the grid, which is smaller. */
static void take_over(uint8_t *restrict plate, const uint8_t *restrict picture, int width,
                      int height, const uint8_t *restrict room,
                      const uint8_t *restrict updates, int columns, int rows) {
    for (int y = 0; y < height; y++) {
        ptrdiff_t line = (ptrdiff_t)y * rows / height * columns;
        for (int from = 0, to; from < columns; from = to) {
            uint8_t here = room[line + from], is_new = updates[line + from] == 0;
            for (to = from + 1; to < columns; to++)
                if (room[line + to] != here || (updates[line + to] == 0) != is_new)
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

/* Enlarges, by repeating pixels, where there are less than `enough` updates: 255. */
static void find_unknown(const uint8_t *restrict updates, int columns, int rows, int enough,
                         uint8_t *restrict unknown, int width, int height) {
    for (int y = 0, last = -1; y < height; y++, unknown += width) {
        int now = (int)((ptrdiff_t)y * rows / height);
        const uint8_t *row = updates + (ptrdiff_t)now * columns;
        if (now == last) {
            memcpy(unknown, unknown - width, width);
            continue;
        }
        last = now;
        for (int from = 0, to, x = 0, end; from < columns; from = to, x = end) {
            int here = row[from] < enough;
            for (to = from + 1; to < columns; to++)
                if ((row[to] < enough) != here) break;
            end = (int)(((ptrdiff_t)to * width + columns - 1) / columns);
            memset(unknown + x, here ? 255 : 0, end - x);
        }
    }
}

/* Learns the room that is at rest: where mask and movement, both on the grid, say so, the
 * plate follows the picture and the updates are counted, up to `most`.  Where the mask is at
 * least `person_at`, and the plate claims room, because the difference on the grid is less
 * than `claims`, they become one less.  `unknown` becomes 255 where there are less than `enough`, or else 0.
 *
 * scratch: 2 * columns * rows + columns + 4 */
void vcam_plate_learn(uint8_t *restrict plate, const uint8_t *restrict picture,
                      uint8_t *restrict unknown, int width, int height,
                      const float *restrict mask, const float *restrict moved,
                      const uint8_t *restrict difference, int claims,
                      uint8_t *restrict updates, int columns, int rows, float room_at,
                      float rests, float person_at, int enough, int most,
                      uint8_t *restrict scratch) {
    ptrdiff_t cells = (ptrdiff_t)columns * rows;
    uint8_t *room = scratch;
    find_room(mask, moved, room, scratch + cells, scratch + 2 * cells, columns, rows,
              room_at, rests);
    take_over(plate, picture, width, height, room, updates, columns, rows);
    for (ptrdiff_t i = 0; i < cells; i++) {
        int count = updates[i] + (room[i] & 1);
        count = count < most ? count : most;
        int person = (mask[i] >= person_at) & (mask[i] <= 2.0f);
        updates[i] = (uint8_t)(count - (person & (difference[i] < claims) & (count > 0)));
    }
    find_unknown(updates, columns, rows, enough, unknown, width, height);
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
