/* source/rest/keys.h - keys of a declaration that mean nothing are errors, as they are to dlt: a
 * paginator with a misspelt parameter would load half of an API in silence. */
#ifndef SOURCE_REST_KEYS_H
#define SOURCE_REST_KEYS_H

#include "base/error.h"
#include "value/value.h"

/* `keys` may end early with NULL; `type` is always allowed. ERR_CONFIG at the key's place, with the
 * nearest key there is. Anything but a map passes. */
MUST_CHECK Error *rest_check_keys(const Value *map, const char *const *keys, size_t count,
                                  const char *what);

#endif
