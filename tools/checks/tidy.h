/* tools/checks/tidy.h - what clang-tidy has to know of functions it does not see into; put before
 * every file but error.c. An error that was made is there: without this, the analyzer follows each
 * failed call past its TRY into the use of a result that was left alone. */
#include "base/error.h"

static inline Error *error_made(Error *err)
{
    CHECK(err != NULL);
    return err;
}

#define error_make(...) error_made(error_make(__VA_ARGS__))
#define error_make_wrap(...) error_made(error_make_wrap(__VA_ARGS__))
#define error_from_errno(...) error_made(error_from_errno(__VA_ARGS__))
#define error_hint(...) error_made(error_hint(__VA_ARGS__))
#define error_excerpt(...) error_made(error_excerpt(__VA_ARGS__))
#define error_with_kind(...) error_made(error_with_kind(__VA_ARGS__))
#define error_as(...) error_made(error_as(__VA_ARGS__))
