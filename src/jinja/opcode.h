/* jinja/opcode.h - the VM's instructions, written once: the enum, the disassembler and the stack
 * check of the compiler are made from this table. An instruction is 8 bytes: operation, small
 * operand c, slot or count b, constant, target or site a. */
#ifndef JINJA_OPCODE_H
#define JINJA_OPCODE_H

#include <stdint.h>

/* What operand a means, for the disassembler. */
typedef enum OperandKind { A_NONE, A_CONST, A_NAME, A_TARGET, A_SITE, A_PROTO } OperandKind;

enum { POPS_B = -1 }; /* pops as many as operand b says */

/* Name, values popped (POPS_B: b of them, and POPS_B - n: b + n), values pushed, what a is,
 * meaning. */
#define JINJA_OPCODES(X) \
    X(CONST, 0, 1, A_CONST, "push a constant") \
    X(LOAD, 0, 1, A_NONE, "push slot b as it is") \
    X(LOAD_SET, 0, 1, A_NAME, "push slot b; undefined when it was not set") \
    X(LOAD_NAME, 0, 1, A_NAME, "push slot b; from the context when it was not set") \
    X(LOAD_CELL, 0, 1, A_NONE, "push cell b of c functions outside, as it is") \
    X(LOAD_CELL_SET, 0, 1, A_NAME, "the same; undefined when it was not set") \
    X(LOAD_CELL_NAME, 0, 1, A_NAME, "the same; from the context when it was not set") \
    X(STORE, 1, 0, A_NONE, "pop into slot b") \
    X(STORE_CELL, 1, 0, A_NONE, "pop into cell b of c functions outside") \
    X(CLEAR, 0, 0, A_NONE, "unset slot b") \
    X(CLEAR_CELL, 0, 0, A_NONE, "unset cell b") \
    X(CELLS, 0, 0, A_NONE, "make the b cells of this function") \
    X(EXPORT, 0, 0, A_NAME, "the top becomes a name of the template's context") \
    X(POP, 1, 0, A_NONE, "drop the top") \
    X(DUP, 0, 1, A_NONE, "push the top again") \
    X(BINARY, 2, 1, A_NONE, "arithmetic operator c") \
    X(INT_ADD, 0, 0, A_NONE, "a shortcut past the addition that follows") \
    X(INT_SUB, 0, 0, A_NONE, "the same for -") \
    X(INT_MUL, 0, 0, A_NONE, "the same for *") \
    X(INT_DIV, 0, 0, A_NONE, "the same for /") \
    X(INT_FLOORDIV, 0, 0, A_NONE, "the same for //") \
    X(INT_MOD, 0, 0, A_NONE, "the same for %") \
    X(INT_COMPARE, 0, 0, A_NONE, "the same for a comparison") \
    X(NEGATE, 1, 1, A_NONE, "unary minus") \
    X(POSITIVE, 1, 1, A_NONE, "unary plus") \
    X(NOT, 1, 1, A_NONE, "logical negation") \
    X(CONCAT, POPS_B, 1, A_NONE, "join b values as text") \
    X(COMPARE, 2, 1, A_NONE, "comparison c") \
    X(COMPARE_CHAIN, 2, 1, A_TARGET, "comparison c: keep the right side, or jump with false") \
    X(JUMP, 0, 0, A_TARGET, "go to a") \
    X(JUMP_IF_FALSE, 1, 0, A_TARGET, "pop; go to a when false") \
    X(JUMP_IF_TRUE, 1, 0, A_TARGET, "pop; go to a when true") \
    X(BRANCH_SLOT, 0, 0, A_NONE, "a shortcut past the jump on slot b that follows") \
    X(AND, 1, 0, A_TARGET, "go to a when the top is false, else pop it") \
    X(OR, 1, 0, A_TARGET, "go to a when the top is true, else pop it") \
    X(ATTR, 1, 1, A_NAME, "attribute, else item") \
    X(ITEM, 2, 1, A_NONE, "item, else attribute") \
    X(SLICE, 4, 1, A_NONE, "value, start, stop, step") \
    X(TUPLE, POPS_B, 1, A_NONE, "a tuple of b values") \
    X(LIST, POPS_B, 1, A_NONE, "a list of b values") \
    X(DICT, POPS_B, 1, A_NONE, "a dict of b keys and values in turn; unset values are left out") \
    X(CALL, POPS_B - 1, 1, A_SITE, "call with b arguments; c: the site names some or spreads") \
    X(METHOD, POPS_B - 1, 1, A_NAME, "call attribute a of the value below b arguments") \
    X(FILTER, POPS_B, 1, A_SITE, "builtin of the site on b values; c: FilterKind") \
    X(TEST, POPS_B, 1, A_SITE, "the same, as bool") \
    X(FAIL, 0, 1, A_CONST, "TemplateRuntimeError") \
    X(UNPACK, 1, 0, A_NONE, "spread an iterable of b values, first on top") \
    X(ITER, 1, 1, A_NONE, "begin to walk") \
    X(LOOP, 1, 1, A_NONE, "begin to walk with a loop object; c: recursive") \
    X(NEXT, 0, 1, A_TARGET, "push the next item, or pop the walk and go to a") \
    X(NEXT_PAIR, 0, 2, A_TARGET, "the same for items of two, second on top") \
    X(EMIT, 1, 0, A_NONE, "output the value; c: escaped") \
    X(EMIT_SLOT, 0, 0, A_NONE, "a shortcut past the output of slot b that follows") \
    X(EMIT_TEXT, 0, 0, A_CONST, "output a text") \
    X(CAPTURE, 0, 1, A_NONE, "begin to collect output") \
    X(CAPTURED, 1, 1, A_NONE, "end it: push what was collected") \
    X(CAPTURE_DROP, 1, 0, A_NONE, "end it: forget what was collected") \
    X(MACRO, 0, 1, A_PROTO, "a macro that shares this function's cells") \
    X(DEFAULT, 0, 0, A_TARGET, "go to a when parameter b was given") \
    X(PARAM_UNSET, 0, 0, A_NAME, "parameter b becomes undefined when it was not given") \
    X(NS_SET, 2, 0, A_NAME, "value, namespace: set its attribute") \
    X(NS_CHECK, 1, 0, A_NONE, "fail unless the value is a namespace") \
    X(TEXT_CHECK, 0, 0, A_NONE, "fail when text is rendered and the top is none") \
    X(APPEND, 1, 0, A_NONE, "append to the list in slot b") \
    X(SELF, 0, 1, A_NONE, "push `self` (c: `super`)") \
    X(EXTENDS, 1, 0, A_NONE, "the template to render instead") \
    X(BLOCK, 1, 0, A_NAME, "run a block; the value: its variables, or none") \
    X(INCLUDE, 2, 0, A_NONE, "name, variables: run a template; c: IMPORT_* flags") \
    X(IMPORT, 2, 1, A_NONE, "name, variables: run a template to import from; c: IMPORT_* flags") \
    X(IMPORT_NAME, 0, 1, A_NAME, "push name a of the module on top") \
    X(RETURN, 0, 0, A_NONE, "end of the function; its output is its result") \
    X(RETURN_VALUE, 1, 0, A_NONE, "end of an expression; the value is its result")

typedef enum Opcode {
#define X(name, pops, pushes, operand, meaning) OP_##name,
    JINJA_OPCODES(X)
#undef X
} Opcode;

/* Operand c of COMPARE. */
typedef enum CompareOperator {
    COMPARE_EQ,
    COMPARE_NE,
    COMPARE_LT, /* in the order of JCompareOp */
    COMPARE_LE,
    COMPARE_GT,
    COMPARE_GE,
    COMPARE_IN,
    COMPARE_NOT_IN,
} CompareOperator;

/* Operand c of FILTER and TEST. */
typedef enum FilterKind {
    FILTER_EXACT, /* as many values as the builtin takes, or fewer by optional ones */
    FILTER_PLAIN, /* to be counted when it is called */
    FILTER_NAMED, /* the site names some or spreads */
} FilterKind;

/* A shortcut stands in front of plain instructions, which may do anything. When its operands are
 * what they mostly are, it does their work at once and skips them; else it does nothing. Those of
 * ints find the left operand in slot b or on top of the stack, the right one in slot a or constant
 * a; c says where, and above these bits has the operator of a comparison. */
enum { INT_LEFT_IN_SLOT = 1, INT_RIGHT_CONSTANT = 2, INT_OPERATOR_SHIFT = 2 };

enum { IMPORT_IGNORE_MISSING = 1, IMPORT_WITH_CONTEXT = 2 };

typedef struct Instr {
    uint8_t op;
    uint8_t c;
    uint16_t b;
    uint32_t a;
} Instr;

typedef struct OpcodeInfo {
    const char *name;
    int8_t pops;
    int8_t pushes;
    OperandKind operand;
    const char *meaning;
} OpcodeInfo;

extern const OpcodeInfo opcode_infos[];

#endif
