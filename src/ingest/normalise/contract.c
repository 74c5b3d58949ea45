#include "ingest/normalise/contract.h"

#include "base/vec.h"

static const char *const modes[] = {"evolve", "freeze", "discard_row", "discard_value"};
static const char *const entities[] = {"tables", "columns", "data_type"};

bool contract_mode_find(Str name, ContractMode *out)
{
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        if (str_is(name, modes[i])) {
            *out = (ContractMode)i;
            return true;
        }
    }
    return false;
}

static Error *check_mode(const Value *mode)
{
    ContractMode found;
    if (value_is(mode, VALUE_STRING) && contract_mode_find(mode->as.text, &found)) {
        return NULL;
    }
    return value_error(ERR_CONFIG, mode,
                       "a schema contract is one of evolve, freeze, discard_row, discard_value");
}

Error *contract_check(const Value *contract)
{
    if (!value_is(contract, VALUE_MAP)) {
        return check_mode(contract);
    }
    for (VALUE_EACH_ENTRY(it, contract)) {
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
            known = known || str_is(value_text_or(&it->key, STR("")), entities[i]);
        }
        if (!known) {
            return value_error(ERR_CONFIG, &it->key,
                               "a schema contract is about tables, columns and data_type");
        }
        TRY(check_mode(&it->value));
    }
    return NULL;
}

static void apply(const Value *contract, ContractMode out[CONTRACT_ENTITIES])
{
    for (size_t i = 0; i < ARRAY_LEN(entities); i++) {
        const Value *mode =
            value_is(contract, VALUE_MAP) ? value_find(contract, str_from(entities[i])) : contract;
        out[i] = CONTRACT_EVOLVE;
        (void)contract_mode_find(value_text_or(mode, STR("")), &out[i]);
    }
}

void contract_of_table(const Schema *schema, const SchemaTable *table,
                       ContractMode out[CONTRACT_ENTITIES])
{
    const Value *contract = NULL;
    for (size_t depth = 0; table != NULL && contract == NULL && depth <= schema->tables.len;
         depth++) {
        contract = schema_table_member(table, STR("schema_contract"));
        const Value *parent = schema_table_member(table, STR("parent"));
        table = schema_find_table(schema, value_text_or(parent, STR("")));
    }
    if (contract == NULL) {
        const Value *settings = strmap_find(&schema->members, STR("settings"));
        contract = value_find(settings, STR("schema_contract"));
    }
    apply(contract, out);
}

Error *contract_frozen_table(const Schema *schema, Str table)
{
    Str name = schema_name(schema);
    return error_new(ERR_SCHEMA,
                     "In schema `" STR_FMT "`: In Table: `" STR_FMT
                     "`  . Contract on `tables` with `contract_mode=freeze` is violated. Can't add "
                     "table `" STR_FMT "` because `tables` are frozen.",
                     STR_ARG(name), STR_ARG(table), STR_ARG(table));
}

Error *contract_frozen_column(const Schema *schema, Str table, Str column)
{
    Str name = schema_name(schema);
    return error_new(
        ERR_SCHEMA,
        "In schema `" STR_FMT "`: In Table: `" STR_FMT "` Column: `" STR_FMT
        "` . Contract on `columns` with `contract_mode=freeze` is violated. Can't add "
        "table column `" STR_FMT "` to table `" STR_FMT "` because `columns` are frozen.",
        STR_ARG(name), STR_ARG(table), STR_ARG(column), STR_ARG(column), STR_ARG(table));
}

Error *contract_frozen_variant(const Schema *schema, Str table, Str variant)
{
    Str name = schema_name(schema);
    return error_new(
        ERR_SCHEMA,
        "In schema `" STR_FMT "`: In Table: `" STR_FMT "` Column: `" STR_FMT
        "` . Contract on `data_type` with `contract_mode=freeze` is violated. Can't "
        "add variant column `" STR_FMT "` for table `" STR_FMT "` because `data_types` are frozen.",
        STR_ARG(name), STR_ARG(table), STR_ARG(variant), STR_ARG(variant), STR_ARG(table));
}
