/* transform/package/deps.h - how `deps` is asked for, beside transform.h's options. */
#ifndef TRANSFORM_PACKAGE_DEPS_H
#define TRANSFORM_PACKAGE_DEPS_H

#include "transform/transform.h"

typedef struct DepsOptions {
    bool lock_only;          /* --lock: decide on versions, install nothing */
    bool upgrade;            /* --upgrade: decide anew */
    const char *add_package; /* --add-package: "name@version"; NULL: none */
    const char *source;      /* --source of it: "hub", "git" or "local" */
} DepsOptions;

/* Decides on the packages of the project as package-lock.yml has them, or anew where that is
 * missing or for other requests; then installs them. */
MUST_CHECK Error *transform_deps(const TransformOptions *options, const DepsOptions *deps,
                                 Reporter *reporter);

#endif
