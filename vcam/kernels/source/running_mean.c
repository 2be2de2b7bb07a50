#include "kernels.h"

/* A running mean that follows at once where something moves: moves `shown` towards `fresh`,
 * by all of the way where `moved` is 1, and by 1 - keep of it where `moved` is 0. */
void vcam_running_mean(float *restrict shown, const float *restrict fresh,
                       const float *restrict moved, float keep, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        float gain = moved[i] * keep + (1 - keep);
        shown[i] += (fresh[i] - shown[i]) * gain;
    }
}
