/* transform/parse/python_model.h - what a model in Python asks for, found in its text: dbt allows
 * only literals there. */
#ifndef TRANSFORM_PARSE_PYTHON_MODEL_H
#define TRANSFORM_PARSE_PYTHON_MODEL_H

#include "base/error.h"
#include "base/str.h"

/* A template in `arena` that calls ref(), source() and config() as the code does. Errors in the
 * words of dbt and of Python, of class "ParsingError", or of class
 * "NodeParsingError" where dbt names the model; `file` is what Python calls it. */
MUST_CHECK Error *python_model_calls(Arena *arena, Str code, Str file, Str *out);

#endif
