#include "kernels.h"

/* The digest of the sources that the library was built from: the loader compares it with
 * that of the sources beside it. */
const char *vcam_version(void) { return VCAM_VERSION; }
