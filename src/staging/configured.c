/* What the project's files say about staging, as staging.h wants it. */
#include "project/project.h"
#include "staging/staging.h"

/* A text with commas or a list of texts. */
static StrVec text_list(Arena *arena, const Value *value)
{
    StrVec texts = {0};
    if (value_is(value, VALUE_STRING)) {
        Str rest = value->as.text, piece;
        while (str_next_piece(&rest, ',', &piece)) {
            VEC_PUSH(arena, &texts, str_trim(piece));
        }
    }
    for (VALUE_EACH(item, value)) {
        VEC_PUSH(arena, &texts, value_text_or(item, STR("")));
    }
    return texts;
}

Error *staging_source_of(Arena *arena, const SourceConfig *config, StagingSource *out)
{
    const Value *block = config->block;
    Str sort = value_text_or(value_find(block, STR("timestamp_sort")), STR("desc"));
    StagingSource source = {
        .name = config->name,
        .namespace = config->namespace,
        .description = config->description,
        .key = text_list(arena, value_find(block, STR("primary_key"))),
        .change_column = value_text_or(value_find(block, STR("timestamp_column")), STR("")),
        .change_ascending = str_eq_nocase(sort, STR("asc")),
    };
    Str wanted =
        value_text_or(value_find(block, STR("deduplication_strategy")), config->deduplication);
    if (wanted.len > 0) {
        TRY_WRAP(strategy_parse(wanted, &source.strategy), STR_FMT ": source '" STR_FMT "'",
                 STR_ARG(config->place), STR_ARG(config->name));
    }
    *out = source;
    return NULL;
}

StagingOptions staging_options_of(Arena *arena, const Project *project)
{
    return (StagingOptions){
        .project_root = str_to_c(arena, project->root),
        .dbt_directory = project_shown_path(project, project->dbt_directory),
        .materialized = project->staging_materialized,
    };
}
