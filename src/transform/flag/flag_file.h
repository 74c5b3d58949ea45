/* transform/flag/flag_file.h - flags as a project's files hold them. */
#ifndef TRANSFORM_FLAG_FLAG_FILE_H
#define TRANSFORM_FLAG_FLAG_FILE_H

#include "base/error.h"
#include "value/value.h"

/* `flags:` of the dbt_project.yml in `root`, as written; where there is none, `config:` of
 * `profiles_file`, which is their old home. *out is NULL without; either path may be empty. Files
 * that cannot be read have no flags: who reads the rest of them says why. ERR_CONFIG when both
 * have some. */
MUST_CHECK Error *flag_file_read(Arena *arena, Str root, Str profiles_file, const Value **out,
                                 bool *out_old_home);

#endif
