/* transform/command/starter.h - what dbt init writes: a project with two models and their tests,
 * and a profile for it. The files are those of src/transform/starter/. */
#ifndef TRANSFORM_COMMAND_STARTER_H
#define TRANSFORM_COMMAND_STARTER_H

#include "base/error.h"
#include "base/str.h"

/* True for letters, digits and underscores that do not begin with a digit. */
bool starter_name_is_valid(Str name);
/* Makes `directory` with a project of that name that uses that profile. */
MUST_CHECK Error *starter_write_project(Str directory, Str name, Str profile);
/* Whether profiles.yml at `path` has the profile; false without a file. ERR_CONFIG when it cannot
 * be read. */
MUST_CHECK Error *starter_has_profile(Str path, Str profile, bool *out);
/* Adds a profile with two targets, files of DuckDB in the current directory, to profiles.yml at
 * `path`, which it makes when there is none. */
MUST_CHECK Error *starter_add_profile(Str path, Str profile);

#endif
