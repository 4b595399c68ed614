#ifndef TRUSTCTL_PRESETS_H
#define TRUSTCTL_PRESETS_H

/* The reference policies of examples/policies, as they are written there. */

#include <stddef.h>

typedef struct preset {
    const char *name; /* of its file, without ".json" */
    const unsigned char *text;
    size_t size;
} preset;

/* Ends with a NULL name. */
extern const preset presets[];

#endif
