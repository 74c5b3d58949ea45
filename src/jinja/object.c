#include "jinja/object.h"

#include "jinja/builtin.h"

static const char *const type_names[] = {
#define X(name, python_name) python_name,
    JINJA_TYPES(X)
#undef X
};

const char *jtype_name(JValue value)
{
    static const char *const view_names[] = {"dict_keys", "dict_values", "dict_items"};
    if (value.type == J_HOST) {
        return ((JHost *)value.obj)->class->name;
    }
    if (value.type == J_VIEW) {
        return view_names[((JView *)value.obj)->kind];
    }
    if (value.type == J_ITERATOR) {
        return ((JIterator *)value.obj)->class->name;
    }
    if (value.type == J_FUNCTION && jfunction_class((JFunction *)value.obj) != NULL) {
        return "type";
    }
    return jis_safe(value) ? "Markup" : type_names[value.type];
}

JValue jhost_new(JHeap *heap, const JHostClass *host_class, void *data)
{
    JHost *host = jheap_alloc(heap, J_HOST, sizeof(JHost));
    host->class = host_class;
    host->data = data;
    host->value = JMISSING;
    return jobj(host);
}

JHost *jhost_as(JValue value, const JHostClass *host_class)
{
    if (value.type != J_HOST || ((JHost *)value.obj)->class != host_class) {
        return NULL;
    }
    return (JHost *)value.obj;
}

JValue jrange_new(JHeap *heap, int64_t start, int64_t stop, int64_t step)
{
    JRange *range = jheap_alloc(heap, J_RANGE, sizeof(JRange));
    range->start = start;
    range->stop = stop;
    range->step = step;
    /* Unsigned, because the distance between two int64 may not fit one. */
    uint64_t distance =
        step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    bool empty = step > 0 ? start >= stop : start <= stop;
    uint64_t count = empty ? 0 : (distance - 1) / stride + 1;
    range->len = count > INT64_MAX ? INT64_MAX : (int64_t)count;
    return jobj(range);
}

JValue jview_new(JHeap *heap, JDict *dict, JViewKind kind)
{
    JView *view = jheap_alloc(heap, J_VIEW, sizeof(JView));
    view->dict = dict;
    view->kind = kind;
    return jobj(view);
}

JIterator *jiterator_new(JHeap *heap, const JIteratorClass *iterator_class, JValue over)
{
    JIterator *it = JHEAP_NEW(heap, J_ITERATOR, JIterator);
    it->class = iterator_class;
    it->over = over;
    return it;
}

JValue jfunction_new(JHeap *heap, const JBuiltin *builtin, JValue self)
{
    JFunction *function = jheap_alloc(heap, J_FUNCTION, sizeof(JFunction));
    function->builtin = builtin;
    function->self = self;
    return jobj(function);
}

const JBuiltinClass *jfunction_class(const JFunction *function)
{
    bool is_class = (function->builtin->flags & JB_CLASS) != 0 && jis_absent(function->self);
    return is_class ? function->builtin->data : NULL;
}

JValue jnamespace_new(JHeap *heap)
{
    JNamespace *namespace = jheap_alloc(heap, J_NAMESPACE, sizeof(JNamespace));
    namespace->dict = jdict_new(heap);
    return jobj(namespace);
}

JValue jbigint_value(JHeap *heap, const mpz_t z)
{
    if (mpz_fits_slong_p(z)) {
        return jint(mpz_get_si(z));
    }
    JBigint *big = jheap_alloc(heap, J_BIGINT, sizeof(JBigint));
    mpz_init_set(big->z, z);
    jheap_grew(heap, mpz_size(z) * sizeof(mp_limb_t));
    return jobj(big);
}
