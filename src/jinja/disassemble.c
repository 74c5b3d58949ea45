#include "jinja/environment.h"
#include "jinja/template.h"

static void add_operand(const JinjaTemplate *tpl, const Instr *in, StrBuf *out)
{
    switch (opcode_infos[in->op].operand) {
    case A_NONE:
        break;
    case A_CONST: {
        Error *err = jrepr(NULL, tpl->constants.data[in->a], out);
        if (err != NULL) {
            error_discard(err, "a constant that cannot be shown is left out");
        }
        break;
    }
    case A_NAME:
        strbuf_add(out, jtext(tpl->constants.data[in->a]));
        break;
    case A_TARGET:
        strbuf_printf(out, "-> %u", in->a);
        break;
    case A_SITE: {
        const Site *site = in->a < tpl->sites.len ? &tpl->sites.data[in->a] : NULL;
        strbuf_add_c(out, site != NULL && site->builtin != NULL ? site->builtin->name : "");
        break;
    }
    case A_PROTO:
        strbuf_printf(out, "function %u", in->a);
        break;
    }
}

static void add_proto(const Proto *proto, size_t index, StrBuf *out)
{
    strbuf_printf(out, "function %zu '" STR_FMT "': %u slots, %u operands\n", index,
                  STR_ARG(jstr_str(proto->name)), proto->slots, proto->stack);
    for (uint32_t i = 0; i < proto->code_len; i++) {
        const Instr *in = &proto->code[i];
        strbuf_printf(out, "%5u  line %-4u %-16s %3u %5u  ", i, proto->places[i].line,
                      opcode_infos[in->op].name, in->c, in->b);
        add_operand(proto->tpl, in, out);
        strbuf_add_char(out, '\n');
    }
}

void jinja_disassemble(const JinjaTemplate *tpl, StrBuf *out)
{
    for (size_t i = 0; i < tpl->protos.len; i++) {
        add_proto(tpl->protos.data[i], i, out);
    }
}
