#include "kernels.h"

#include <string.h>

#ifdef __AVX2__
#include <immintrin.h>
#endif

enum { STEP = 16 };  /* bytes that are made at once: 16 grey pixels, or 5 of three bytes */
enum { BITS = 8, ONE = 1 << BITS }; /* ONE is the weight of a whole pixel */

/* `bytes` of a row between two rows, of which the lower has the weight `below`. */
static void between(const uint8_t *restrict upper, const uint8_t *restrict lower, int below,
                    uint8_t *restrict mixed, int bytes) {
    if (below == 0) {
        memcpy(mixed, upper, bytes);
        return;
    }
    uint16_t above = ONE - below, under = below;
    for (int i = 0; i < bytes; i++)
        mixed[i] = (uint16_t)(upper[i] * above + lower[i] * under + ONE / 2) >> BITS;
}

/* Sixteen bytes: byte i is mixed of `left[from[i]]` and `right[from[i]]`; the second has the
 * weight share[i]. */
static void mix(const uint8_t *restrict left, const uint8_t *restrict right,
                const uint8_t *restrict from, const uint8_t *restrict share,
                uint8_t *restrict out) {
#ifdef __AVX2__
    __m128i order = _mm_loadu_si128((const __m128i *)from);
    __m128i one = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)left), order);
    __m128i two = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)right), order);
    __m256i a = _mm256_cvtepu8_epi16(one), b = _mm256_cvtepu8_epi16(two);
    __m256i s = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)share));
    /* a * ONE + (b - a) * s is a sum of at most 255 * ONE: it fits, though b - a may not. */
    __m256i sum = _mm256_add_epi16(_mm256_slli_epi16(a, BITS),
                                   _mm256_mullo_epi16(_mm256_sub_epi16(b, a), s));
    sum = _mm256_srli_epi16(_mm256_add_epi16(sum, _mm256_set1_epi16(ONE / 2)), BITS);
    __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(sum),
                                     _mm256_extracti128_si256(sum, 1));
    _mm_storeu_si128((__m128i *)out, bytes);
#else
    for (int i = 0; i < STEP; i++)
        out[i] = (left[from[i]] * (ONE - share[i]) + right[from[i]] * share[i] + ONE / 2)
                 >> BITS;
#endif
}

/* Enlarges a part of a picture, bilinear.
 *
 * A pixel has `channels` bytes.  Row y is between source rows row[y], counted from `source`
 * on in steps of `stride` bytes, and row[y] + 1, which has the weight row_share[y]; where
 * that is 0, the next row need not be there.  Of the rows, `bytes` are read.  A row is made
 * in pieces of sixteen bytes, the last few of which the next piece overwrites: piece k
 * begins at byte `each` * k, and is mixed of the bytes begin[k] + from[16 k + i] and those a
 * pixel further right, which have the weight share[16 k + i].  `scratch` has room for
 * `bytes` and for what a piece reads behind them, and for a row of pieces. */
void vcam_enlarge_part(const uint8_t *restrict source, ptrdiff_t stride, int channels,
                       int bytes, uint8_t *restrict out, int width, int height,
                       const int32_t *restrict row, const uint8_t *restrict row_share,
                       int pieces, int each, const int32_t *restrict begin,
                       const uint8_t *restrict from, const uint8_t *restrict share,
                       uint8_t *restrict scratch) {
    ptrdiff_t values = (ptrdiff_t)channels * width;
    uint8_t *mixed = scratch, *made = scratch + bytes + 4 * STEP;
    for (int y = 0; y < height; y++) {
        const uint8_t *upper = source + row[y] * stride;
        const uint8_t *lower = row_share[y] ? upper + stride : upper;
        between(upper, lower, row_share[y], mixed, bytes);
        /* The last pixel is repeated: nothing of it is behind the border. */
        memcpy(mixed + bytes, mixed + bytes - channels, channels);
        uint8_t *to = out + y * values;
        /* The last piece may reach beyond the end of the row: the last row is made apart. */
        int apart = values * (height - y) < (ptrdiff_t)each * (pieces - 1) + STEP;
        uint8_t *into = apart ? made : to;
        for (int k = 0; k < pieces; k++)
            mix(mixed + begin[k], mixed + begin[k] + channels, from + STEP * k,
                share + STEP * k, into + (ptrdiff_t)each * k);
        if (apart) memcpy(to, made, values);
    }
}

/* Whether any of `count` alphas is between 0 and 255. */
static int any_soft(const uint8_t *alpha, int count) {
    int found = 0;
    for (int i = 0; i < count; i++)
        found |= (uint8_t)(alpha[i] - 1) < 254;
    return found;
}

/* Enlarges a BGR picture in the same way, but only where the large `alpha` is soft, and is
 * the large `other` elsewhere. */
void vcam_enlarge_soft_part(const uint8_t *restrict source, ptrdiff_t stride, int bytes,
                            const uint8_t *restrict alpha, const uint8_t *restrict other,
                            uint8_t *restrict out, int width, int height,
                            const int32_t *restrict row, const uint8_t *restrict row_share,
                            int pieces, const int32_t *restrict begin,
                            const uint8_t *restrict from, const uint8_t *restrict share,
                            uint8_t *restrict scratch) {
    enum { PIXELS = STEP / 3, MANY = 8 };
    memcpy(out, other, (size_t)3 * width * height);
    for (int y = 0; y < height; y++) {
        const uint8_t *now = alpha + (ptrdiff_t)y * width;
        uint8_t *to = out + (ptrdiff_t)3 * y * width;
        const uint8_t *upper = source + row[y] * stride;
        const uint8_t *lower = row_share[y] ? upper + stride : upper;
        int done = 0; /* bytes of the row between the two that have been made */
        for (int k = 0; k < pieces; k++) {
            int first = PIXELS * k, left = width - first;
            if (k % MANY == 0 && left >= PIXELS * MANY
                && !any_soft(now + first, PIXELS * MANY)) {
                k += MANY - 1;
                continue;
            }
            int pixels = left < PIXELS ? left : PIXELS;
            if (!any_soft(now + first, pixels)) continue;
            int end = begin[k] + 2 * STEP; /* more than it reads */
            if (end > bytes) end = bytes;
            if (done < begin[k]) done = begin[k];
            if (done < end) {
                between(upper + done, lower + done, row_share[y], scratch + done,
                        end - done);
                done = end;
            }
            if (end == bytes) memcpy(scratch + bytes, scratch + bytes - 3, 3);
            uint8_t piece[STEP];
            mix(scratch + begin[k], scratch + begin[k] + 3, from + STEP * k,
                share + STEP * k, piece);
            for (int i = 0; i < pixels; i++)
                if (any_soft(now + first + i, 1))
                    memcpy(to + 3 * (first + i), piece + 3 * i, 3);
        }
    }
}
