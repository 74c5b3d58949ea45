#include "transform/graph/doc.h"
#include "transform/graph/node_value.h"

/* ---- Groups ---- */

Value group_value(Arena *arena, const Group *group)
{
    Doc doc = doc_begin(arena);
    doc_text(&doc, "name", group->name);
    doc_text(&doc, "resource_type", STR("group"));
    doc_text(&doc, "package_name", group->package);
    doc_text(&doc, "path", group->path);
    doc_text(&doc, "original_file_path", group->original_path);
    doc_text(&doc, "unique_id", group->unique_id);
    doc_set(&doc, "owner", doc_owner(arena, value_find(group->entry, STR("owner"))));
    const Value *description = value_find(group->entry, STR("description"));
    doc_set(&doc, "description", description != NULL ? *description : value_null());
    Doc config = doc_begin(arena);
    doc_set(&config, "meta", doc_map_or_empty(arena, NULL));
    if (value_is(group->config, VALUE_MAP)) {
        value_map_put_all(&config.map, group->config);
    }
    doc_set(&doc, "config", doc_end(&config));
    return doc_end(&doc);
}

/* ---- Macros ---- */

/* What the entry and its `config` say of a key, the entry last; NULL without an entry. */
static void put_both(Doc *doc, const Macro *macro, const char *key)
{
    const Value *config = value_find(macro->properties, STR("config"));
    const Value *levels[] = {value_find(config, str_from(key)),
                             value_find(macro->properties, str_from(key))};
    for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
        if (value_is(levels[i], VALUE_MAP)) {
            value_map_put_all(&doc->map, levels[i]);
        }
    }
}

static Value macro_meta(Arena *arena, const Macro *macro)
{
    Doc meta = doc_begin(arena);
    put_both(&meta, macro, "meta");
    return doc_end(&meta);
}

static Value macro_docs(Arena *arena, const Macro *macro)
{
    Doc docs = doc_begin(arena);
    doc_set(&docs, "show", value_bool(true));
    doc_set(&docs, "node_color", value_null());
    put_both(&docs, macro, "docs");
    return doc_end(&docs);
}

static Value macro_arguments(Arena *arena, const Macro *macro)
{
    ValueVec arguments = {0};
    const Value *given = value_find(macro->properties, STR("arguments"));
    for (VALUE_EACH(argument, given)) {
        const Value *description = value_find(argument, STR("description"));
        Doc doc = doc_begin(arena);
        doc_set(&doc, "name", doc_find(argument, "name"));
        doc_set(&doc, "type", doc_find(argument, "type"));
        doc_set(&doc, "description", description != NULL ? *description : value_string(STR("")));
        VEC_PUSH(arena, &arguments, doc_end(&doc));
    }
    return value_list_of(&arguments);
}

Value macro_value(Arena *arena, const Macro *macro)
{
    Doc doc = doc_begin(arena);
    doc_text(&doc, "name", macro->name);
    doc_text(&doc, "resource_type", STR("macro"));
    doc_text(&doc, "package_name", macro->package);
    doc_text(&doc, "path", macro->path);
    doc_text(&doc, "original_file_path", macro->path);
    doc_text(&doc, "unique_id", macro->unique_id);
    doc_text(&doc, "macro_sql", macro->sql);
    Doc depends = doc_begin(arena);
    doc_set(&depends, "macros", doc_texts(arena, &macro->depends_on));
    doc_set(&doc, "depends_on", doc_end(&depends));
    doc_text(&doc, "description", macro->description);
    Value meta = macro_meta(arena, macro), docs = macro_docs(arena, macro);
    Doc config = doc_begin(arena);
    doc_set(&config, "meta", meta);
    doc_set(&config, "docs", docs);
    doc_set(&doc, "meta", meta);
    doc_set(&doc, "docs", docs);
    doc_set(&doc, "config", doc_end(&config));
    doc_optional(&doc, "patch_path", macro->patch_path);
    doc_set(&doc, "arguments", macro_arguments(arena, macro));
    doc_set(&doc, "created_at", value_float((double)macro->created_us / 1e6));
    doc_set(&doc, "supported_languages", value_null());
    return doc_end(&doc);
}
