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

/* running_mean.c */
EXPORTED void vcam_running_mean(float *restrict shown, const float *restrict fresh,
                                const float *restrict moved, float keep, ptrdiff_t count);

#endif
