/* transform/parse/macro_file.h - the macros of a file: {% macro %}, {% test %} and {%
 * materialization %} blocks. Tests become macros "test_<name>", materialisations
 * "materialization_<name>_<adapter>".
 */
#ifndef TRANSFORM_PARSE_MACRO_FILE_H
#define TRANSFORM_PARSE_MACRO_FILE_H

#include "base/error.h"
#include "transform/graph/manifest.h"

/* Adds the macros of `text`, which must live as long as the manifest. `path` is below the project.
 * `out_strays` are the tags around them, `out_code` is what to compile: the text without those.
 * ERR_TEMPLATE for what cannot be read, and for a name that the package has already. */
MUST_CHECK Error *macro_file_read(Manifest *manifest, Str package, Str path, Str text,
                                  StrVec *out_strays, Str *out_code);

#endif
