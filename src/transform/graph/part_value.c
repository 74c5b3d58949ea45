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
    const Value *meta = value_find(macro->properties, STR("meta"));
    doc_set(&doc, "meta", doc_map_or_empty(arena, meta));
    Doc docs = doc_begin(arena);
    doc_set(&docs, "show", value_bool(true));
    doc_set(&docs, "node_color", value_null());
    doc_set(&doc, "docs", doc_end(&docs));
    doc_set(&doc, "patch_path", value_null());
    const Value *arguments = value_find(macro->properties, STR("arguments"));
    doc_set(&doc, "arguments", arguments != NULL ? *arguments : value_list(NULL, 0));
    doc_set(&doc, "supported_languages", value_null());
    return doc_end(&doc);
}
