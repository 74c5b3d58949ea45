#include "ingest/load/chain.h"

Str chain_option(const Chain *chain, const char *member, Str otherwise)
{
    const Value *value = schema_table_member(chain_root(chain)->table, str_from(member));
    return value_text_or(value, otherwise);
}

bool chain_flag(const Chain *chain, const char *member)
{
    const Value *value = schema_table_member(chain_root(chain)->table, str_from(member));
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

Str chain_column_with(const Chain *chain, const char *hint)
{
    for (STRMAP_EACH(it, &chain_root(chain)->table->columns)) {
        const Value *value = schema_hint(it->value, str_from(hint));
        if (value_is(value, VALUE_BOOL) && value->as.boolean) {
            return it->key;
        }
    }
    return (Str){0};
}
