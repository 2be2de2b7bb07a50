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

/* version.c */
EXPORTED const char *vcam_version(void);

/* edges.c */
EXPORTED void vcam_edges(const float *restrict mask, const float *restrict follow,
                         int grid_width, int grid_height, int up, int down, float low,
                         float gain, float keep, const float *restrict fit, int fit_width,
                         int fit_height, int fit_up, int fit_down, int left, int top,
                         const uint8_t *restrict guide, const uint8_t *restrict difference,
                         float limit, float steepness, float most, float doubtful_from,
                         float doubtful_to, float *restrict shown, uint8_t *restrict alpha,
                         float *restrict scratch);

/* guided_fit.c */
EXPORTED void vcam_guided_fit(const float *restrict mask, ptrdiff_t mask_stride,
                              const uint8_t *restrict guide, ptrdiff_t guide_stride,
                              int width, int height, int radius, float epsilon, float low,
                              float gain, float *restrict fit, float *restrict scratch);

/* running_mean.c */
EXPORTED void vcam_running_mean(float *restrict shown, const float *restrict fresh,
                                const float *restrict moved, float keep, ptrdiff_t count);

#endif
