#include "jinja/builtin.h"

const JBuiltin jinja_str_predicates[] = {
    {0},
};
