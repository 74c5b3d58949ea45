/* source/rest/connector.h - APIs that are known by name: a YAML file per API,
 * connectors/<type>.yml, in the project or in the program, the project's first. It has dlt's
 * declaration (client, resource_defaults, resources), in which `{option.NAME}` stands for an option
 * of the source, and
 *
 *     title               what messages call it
 *     options             NAME: {help, default, variable, required, as: epoch}
 *     default_resources   which are loaded when the source does not say
 *     other_names         of resources, as people also write them
 */
#ifndef SOURCE_REST_CONNECTOR_H
#define SOURCE_REST_CONNECTOR_H

#include "source/source.h"

/* Names of all connectors: the program's, then the project's (NULL: none). In `arena`. */
void connector_names(Arena *arena, const Project *project, StrVec *out);
/* The connector's document; NULL when there is none of that name. ERR_CONFIG for one that is wrong.
 */
MUST_CHECK Error *connector_find(Arena *arena, const Project *project, Str type, const Value **out);
/* The options that its sources have, in `arena`; the value of each stands in `values[i]` of the
 * driver's state, up to `count`, and those of `common` follow. */
MUST_CHECK Error *connector_options(Arena *arena, const Value *connector, const OptionDef *common,
                                    size_t count, const OptionDef **out);
/* dlt's declaration for a source with the options in `block`. ERR_AUTH for a credential that is
 * missing, ERR_CONFIG. */
MUST_CHECK Error *connector_expand(const SourceContext *ctx, const Value *connector,
                                   const Value **out);

#endif
