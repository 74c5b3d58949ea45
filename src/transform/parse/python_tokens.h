/* transform/parse/python_tokens.h - the text of a Python file as tokens: enough of the language to
 * find calls with literal arguments without running anything. */
#ifndef TRANSFORM_PARSE_PYTHON_TOKENS_H
#define TRANSFORM_PARSE_PYTHON_TOKENS_H

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef enum PythonTokenKind {
    PYTHON_NAME,
    PYTHON_NUMBER,
    PYTHON_STRING, /* with its prefix and quotes */
    PYTHON_SIGN,   /* one character */
} PythonTokenKind;

typedef struct PythonToken {
    PythonTokenKind kind;
    Str text;
    unsigned line; /* from 1 */
    bool begins;   /* the first one of a logical line */
    size_t indent; /* of that line */
} PythonToken;
typedef VEC(PythonToken) PythonTokenVec;

/* All pieces borrow from `text`. What cannot be Python is an error of class "ParsingError" with
 * Python's own words, in which the file is called `file`. */
MUST_CHECK Error *python_tokens(Arena *arena, Str text, Str file, PythonTokenVec *out);

bool python_is(const PythonToken *token, const char *text);

#endif
