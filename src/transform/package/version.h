/* transform/package/version.h - versions of packages and of dbt, "1.2.0-rc1", and the conditions
 * they are asked for by, ">=1.0.0". Plain data; texts are borrowed. */
#ifndef TRANSFORM_PACKAGE_VERSION_H
#define TRANSFORM_PACKAGE_VERSION_H

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef enum VersionMatcher {
    VERSION_EQUAL,
    VERSION_BELOW,
    VERSION_UP_TO,
    VERSION_ABOVE,
    VERSION_FROM,
} VersionMatcher;

typedef struct PackageVersion {
    VersionMatcher matcher; /* VERSION_EQUAL for a version by itself */
    int64_t parts[3];
    Str prerelease; /* "rc1"; empty */
} PackageVersion;
typedef VEC(PackageVersion) PackageVersionVec;

/* ERR_CONFIG when the text is no such version. */
MUST_CHECK Error *package_version_parse(Str text, PackageVersion *out);
/* Below zero when `a` is older. Matchers do not count. */
int package_version_compare(const PackageVersion *a, const PackageVersion *b);
bool package_version_fits(const PackageVersion *version, const PackageVersionVec *conditions);
/* False when no version could fit all conditions. */
bool package_versions_possible(const PackageVersionVec *conditions);
/* ">=1.0.0", "=1.0.0". */
Str package_version_text(Arena *arena, const PackageVersion *version);

#endif
