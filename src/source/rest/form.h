/* source/rest/form.h - the short form of a REST source (dango.md 3.3) written as dlt's: base_url,
 * auth_type and endpoints become client and resources. All else knows one form only. */
#ifndef SOURCE_REST_FORM_H
#define SOURCE_REST_FORM_H

#include "base/error.h"
#include "value/value.h"

/* `block` is the source's, variables replaced. In dlt's form already: the same. In `arena`.
 * ERR_CONFIG. */
MUST_CHECK Error *rest_form_whole(Arena *arena, const Value *block, const Value **out);

#endif
