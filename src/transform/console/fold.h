/* transform/console/fold.h - texts in lines of a width, folded as dbt folds them. */
#ifndef TRANSFORM_CONSOLE_FOLD_H
#define TRANSFORM_CONSOLE_FOLD_H

#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

/* Breaks each paragraph (what empty lines part) at its blanks into lines of at most `width`
 * characters; a longer word is cut. Line breaks within a paragraph count as blanks, and the empty
 * lines go. The result lives in `arena`. */
Str text_fold(Arena *arena, Str text, size_t width);

#endif
