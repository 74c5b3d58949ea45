/* cli/names.h - names of the project around the current directory that may stand in an argument,
 * for completion. Read from its files only; a broken or missing project offers none. */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "base/str.h"
#include "base/vec.h"

/* `what` is how help shows the argument: names of sources where it holds SOURCE or NAME, of models
 * where it holds SELECTOR or MODEL, source types where it holds TYPE. Adds to `out`. */
void names_of(Arena *arena, const char *what, StrVec *out);

#endif
