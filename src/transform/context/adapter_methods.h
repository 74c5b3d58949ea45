/* transform/context/adapter_methods.h - methods of `adapter` that have files of their own, for the
 * table in adapter.c. Each takes the adapter as args[0]. */
#ifndef TRANSFORM_CONTEXT_ADAPTER_METHODS_H
#define TRANSFORM_CONTEXT_ADAPTER_METHODS_H

#include "transform/run/node_run.h"

/* The run a method works for; NULL while parsing and wherever there is no connection. */
NodeRun *adapter_run(JinjaState *s);
/* The columns of a relation, in the scratch arena of `s`; none where it is not there. */
MUST_CHECK Error *adapter_columns_of(JinjaState *s, const RelationName *relation,
                                     ColumnInfoVec *out);

/* The empty text, as methods answer that only do something. */
MUST_CHECK Error *adapter_empty_text(JinjaState *s, JValue *out);

/* A warning, while something runs, that a method has a newer name. */
void adapter_report_deprecated(JinjaState *s, const char *name, const char *instead);

/* adapter_relations.c */
MUST_CHECK Error *adapter_get_relation(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_already_exists(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_temp_relation_path(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_list_relations(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_cache_added(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_cache_dropped(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_cache_renamed(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_drop_relation(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_rename_relation(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_truncate_relation(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_create_schema(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_drop_schema(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_check_schema_exists(JinjaState *s, const JCall *call, JValue *out);

/* adapter_columns.c */
MUST_CHECK Error *adapter_columns(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_columns_in_table(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_describe_query(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_missing_columns(JinjaState *s, const JCall *call, JValue *out);

/* adapter_external.c */
MUST_CHECK Error *adapter_external_write_options(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_external_read_location(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_location_exists(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_store_relation(JinjaState *s, const JCall *call, JValue *out);

/* adapter_snapshot.c */
MUST_CHECK Error *adapter_hard_deletes(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_assert_snapshot_target(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_valid_snapshot_target(JinjaState *s, const JCall *call, JValue *out);

/* adapter_ddl.c: what a create statement says of columns, constraints and indexes. */
MUST_CHECK Error *adapter_render_columns(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_render_constraints(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_parse_index(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_supports_foreign_keys(JinjaState *s, const JCall *call, JValue *out);
MUST_CHECK Error *adapter_key_constraints(JinjaState *s, const JCall *call, JValue *out);

#endif
