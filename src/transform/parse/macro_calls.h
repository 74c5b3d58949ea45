/* transform/parse/macro_calls.h - which macros a macro names, found in its text without running it:
 * what manifest.json lists, and what tells whether a change reaches a model. */
#ifndef TRANSFORM_PARSE_MACRO_CALLS_H
#define TRANSFORM_PARSE_MACRO_CALLS_H

#include "transform/graph/macro_library.h"

/* Fills in depends_on of all macros of the manifest. Calls of macros by name, through their package
 * and by adapter.dispatch with literal arguments count. */
void macro_calls_find(Arena *arena, const Manifest *manifest, const MacroLibrary *library);

#endif
