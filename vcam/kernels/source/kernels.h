/* The kernels: the heaviest loops of the pipeline, compiled.
 *
 * Rules for every function here.  It reads its `const` inputs, writes its outputs, and does
 * nothing else: no memory is allocated, no state is kept, no file is touched.  The caller, in
 * vcam/kernels/NAME.py, has checked type, size and layout of every array.  Rows follow each
 * other without gaps unless a stride is passed.  Inputs and outputs never overlap.  A NaN may
 * give any pixel, but never a read or write outside of the arrays.
 *
 * A comment in front of a function says what it computes; vcam/ has the same in NumPy and
 * OpenCV, and tests/kernels/ compares the two. */
#ifndef VCAM_KERNELS_H
#define VCAM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif

/* The index that is meant by one beyond the border: the picture is reflected there, and its
 * outermost pixel is not repeated, as with OpenCV's BORDER_REFLECT_101. */
static inline int mirrored(int index, int count) {
    while (index < 0 || index >= count)
        index = count == 1 ? 0 : index < 0 ? -index : 2 * (count - 1) - index;
    return index;
}

/* adding.c */
EXPORTED void vcam_add_enlarged(const int16_t *restrict small, int width, int channels,
                                uint8_t *restrict picture, const uint8_t *restrict alpha,
                                int large_width, int large_height,
                                const int32_t *restrict column,
                                const int32_t *restrict share, const int32_t *restrict row,
                                const int32_t *restrict row_share,
                                int16_t *restrict scratch);

/* clean_plate.c */
EXPORTED void vcam_plate_difference(const uint8_t *restrict picture,
                                    const uint8_t *restrict plate,
                                    const uint8_t *restrict unknown,
                                    uint8_t *restrict difference, ptrdiff_t pixels);
EXPORTED int vcam_plate_exposure(const uint8_t *restrict picture,
                                 const uint8_t *restrict plate,
                                 const uint8_t *restrict unknown, int width, int height,
                                 int step, int fewest, int limit,
                                 int32_t *restrict brighter, int32_t *restrict noise);
EXPORTED void vcam_plate_learn(uint8_t *restrict plate, const uint8_t *restrict picture,
                               uint8_t *restrict unknown, int width, int height,
                               const float *restrict mask, const float *restrict moved,
                               const uint8_t *restrict difference, int claims,
                               uint8_t *restrict updates, int columns, int rows, float room_at, float rests,
                               float person_at, int enough, int most,
                               uint8_t *restrict scratch);
EXPORTED void vcam_plate_lower(float *restrict mask, const uint8_t *restrict difference,
                               float limit, float steepness, float most,
                               float doubtful_from, float doubtful_to, ptrdiff_t count);

/* compositing.c */
EXPORTED void vcam_composite(const uint8_t *restrict person,
                             const uint8_t *restrict background,
                             const uint8_t *restrict alpha, uint8_t *restrict result,
                             ptrdiff_t pixels);

/* denoising.c */
EXPORTED void vcam_denoise_change(const uint8_t *restrict image,
                                  const uint8_t *restrict last,
                                  const uint8_t *restrict was, int width, int height,
                                  uint8_t *restrict change);
EXPORTED void vcam_denoise_mix(const uint8_t *restrict image, const uint8_t *restrict last,
                               const uint8_t *restrict was, const uint8_t *restrict alpha,
                               const uint8_t *restrict weight, int width, int height,
                               int most, uint8_t *restrict mixed);

/* disc.c */
EXPORTED void vcam_disc_mean(const uint8_t *restrict image, const uint8_t *restrict person,
                             int width, int height, const int32_t *restrict half, int radius,
                             const int32_t *restrict weigh, uint32_t *restrict scratch,
                             uint8_t *restrict result);

/* edges.c */
EXPORTED void vcam_edges(const float *restrict mask, const float *restrict follow,
                         int grid_width, int grid_height, int up, int down, float low,
                         float gain, float keep, const float *restrict fit, int fit_width,
                         int fit_height, int fit_up, int fit_down, int left, int top,
                         const uint8_t *restrict guide, const uint8_t *restrict difference,
                         float limit, float steepness, float most, float doubtful_from,
                         float doubtful_to, float *restrict shown, uint8_t *restrict alpha,
                         float *restrict scratch);

/* enlarging.c */
EXPORTED void vcam_enlarge_alpha(const uint8_t *restrict small, int width,
                                 uint8_t *restrict large, int large_width,
                                 int large_height, const int32_t *restrict column,
                                 const int32_t *restrict share, const int32_t *restrict row,
                                 const int32_t *restrict row_share,
                                 const int32_t *restrict tile);
EXPORTED void vcam_enlarge_image(const uint8_t *restrict small, int width,
                                 uint8_t *restrict large, int large_width,
                                 int large_height, const int32_t *restrict column,
                                 const int32_t *restrict share, const int32_t *restrict row,
                                 const int32_t *restrict row_share,
                                 int16_t *restrict scratch);

/* foreground.c */
EXPORTED void vcam_foreground_colours(const uint8_t *restrict image,
                                      const uint8_t *restrict alpha, int width, int height,
                                      float *restrict person, float *restrict room,
                                      float *restrict scratch);
EXPORTED int vcam_foreground(const uint8_t *restrict image, const uint8_t *restrict alpha,
                             int width, int height, const float *restrict near,
                             const float *restrict far, int across, int down,
                             uint8_t *restrict foreground);

/* guided_fit.c */
EXPORTED void vcam_guided_fit(const float *restrict mask, ptrdiff_t mask_stride,
                              const uint8_t *restrict guide, ptrdiff_t guide_stride,
                              int width, int height, int radius, float epsilon, float low,
                              float gain, float *restrict fit, float *restrict scratch);

/* motion.c */
EXPORTED void vcam_motion(const uint8_t *restrict now, const uint8_t *restrict last,
                          int width, int height, int radius, int gain_limit,
                          float noise_limit, float noisy, float threshold, float span,
                          float gone_threshold, float gone_span, float *restrict moved,
                          float *restrict gone, float *restrict scratch);

/* running_mean.c */
EXPORTED void vcam_running_mean(float *restrict shown, const float *restrict fresh,
                                const float *restrict moved, float keep, ptrdiff_t count);

/* softening.c */
EXPORTED void vcam_soften(const uint8_t *restrict picture, int width,
                          const float *restrict slope, const float *restrict offset,
                          int columns, int rows, int left, int top, float most,
                          int16_t *restrict more, float *restrict scratch);

/* toning.c */
EXPORTED void vcam_tone(const uint8_t *restrict image, const uint8_t *restrict alpha,
                        const uint8_t *restrict table, uint8_t *restrict toned,
                        ptrdiff_t pixels);

/* windows.c */
EXPORTED void vcam_enlarge_part(const uint8_t *restrict source, ptrdiff_t stride,
                                int channels, int bytes, uint8_t *restrict out, int width,
                                int height, const int32_t *restrict row,
                                const uint8_t *restrict row_share, int pieces, int each,
                                const int32_t *restrict begin, const uint8_t *restrict from,
                                const uint8_t *restrict share, uint8_t *restrict scratch);
EXPORTED void vcam_enlarge_soft_part(const uint8_t *restrict source, ptrdiff_t stride,
                                     int bytes, const uint8_t *restrict alpha,
                                     const uint8_t *restrict other, uint8_t *restrict out,
                                     int width, int height, const int32_t *restrict row,
                                     const uint8_t *restrict row_share, int pieces,
                                     const int32_t *restrict begin,
                                     const uint8_t *restrict from,
                                     const uint8_t *restrict share,
                                     uint8_t *restrict scratch);

#endif
