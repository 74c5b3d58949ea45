#include "jinja/text.h"

#include "base/hash.h"
#include "base/unicode.h"

JStr *jstr_new_raw(JHeap *heap, size_t len)
{
    size_t room = (len / JSTR_GRAIN + 1) * JSTR_GRAIN;
    JStr *str = jheap_alloc(heap, J_STR, sizeof(JStr) + room);
    str->len = (uint32_t)len;
    str->chars = JSTR_UNCOUNTED;
    str->hash = 0;
    str->text[len] = '\0';
    return str;
}

JStr *jstr_new(JHeap *heap, Str text)
{
    JStr *str = jstr_new_raw(heap, text.len);
    if (text.len > 0) {
        memcpy(str->text, text.data, text.len);
    }
    if ((heap->birth_flags & JOBJ_IMMORTAL) !=
        0) { /* threads will share it: compute nothing late */
        jstr_count(str);
        jstr_make_hash(str);
    }
    return str;
}

JStr *jstr_concat(JHeap *heap, Str a, Str b)
{
    JStr *str = jstr_new_raw(heap, a.len + b.len);
    memcpy(str->text, a.data, a.len);
    memcpy(str->text + a.len, b.data, b.len);
    return str;
}

JValue jstr_as_safe(JHeap *heap, JValue str, bool safe)
{
    if (jis_safe(str) == safe) {
        return str;
    }
    JStr *copy = jstr_new(heap, jtext(str));
    copy->obj.flags = (uint8_t)(safe ? copy->obj.flags | JOBJ_SAFE : copy->obj.flags);
    return jobj(copy);
}

uint32_t jstr_count(JStr *str)
{
    bool ascii = utf8_is_ascii(jstr_str(str)); /* looks at eight bytes at once */
    str->chars = ascii ? str->len : (uint32_t)utf8_count(jstr_str(str));
    return str->chars;
}

uint32_t jtext_hash(Str text)
{
    uint32_t hash = (uint32_t)hash_bytes(text.data, text.len);
    return hash != 0 ? hash : 1;
}

uint32_t jstr_make_hash(JStr *str)
{
    str->hash = jtext_hash(jstr_str(str));
    return str->hash;
}

size_t jstr_offset(JStr *str, size_t index)
{
    return jstr_is_ascii(str) ? index : utf8_offset(jstr_str(str), index);
}

JValue jstr_sub(JHeap *heap, JStr *str, size_t start, size_t end)
{
    if (start == 0 && end == jstr_chars(str)) {
        return jobj(str);
    }
    size_t from = jstr_offset(str, start);
    size_t to = jstr_is_ascii(str)
                    ? end
                    : from + utf8_offset(str_from_offset(jstr_str(str), from), end - start);
    return jstr_value(heap, str_slice(jstr_str(str), from, to));
}
