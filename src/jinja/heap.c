#include "jinja/heap.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/limits.h"
#include "jinja/dict.h"
#include "jinja/list.h"
#include "jinja/object.h"
#include "jinja/run.h"
#include "jinja/text.h"

enum {
    PAGE_BYTES = 32 * 1024,
    FIRST_COLLECTION_BYTES = 64 * 1024, /* small, so that garbage stays in the nearest caches */
    MARK_STACK_FIRST = 256,
};

struct JPage {
    JPage *next;
    uint32_t cell_size;
    uint8_t *filled; /* end of the cells handed out; set when the heap ends */
    _Alignas(16) uint8_t cells[];
};

struct JSharedHeap {
    Mutex mutex;
    _Atomic uint64_t stores;
    JPage *pages;  /* given by renders that ended; guarded by mutex */
    JObjVec large; /* guarded by mutex */
    Arena *vectors;
};

static bool is_foreign(const JObj *obj)
{
    return (obj->flags & (JOBJ_IMMORTAL | JOBJ_SHARED)) != 0;
}

JHeap *jheap_new(JHeapKind kind, JSharedHeap *shared)
{
    JHeap *heap = memory_alloc(sizeof(*heap));
    *heap = (JHeap){
        .vectors = arena_new("jinja heap"),
        .limit_bytes = kind == JHEAP_IMMORTAL ? SIZE_MAX : FIRST_COLLECTION_BYTES,
        .epoch = 1,
        .birth_flags = kind == JHEAP_IMMORTAL ? JOBJ_IMMORTAL : 0,
        .shared = shared,
    };
    return heap;
}

static uint8_t *page_end(JPage *page)
{
    return page->cells + (PAGE_BYTES - sizeof(JPage)) / page->cell_size * page->cell_size;
}

static void *page_cell(JHeap *heap, size_t size_class)
{
    if (heap->bump[size_class] == heap->bump_end[size_class]) {
        JPage *page = memory_alloc(PAGE_BYTES);
        page->cell_size = (uint32_t)(size_class * JHEAP_GRAIN);
        page->next = heap->pages;
        heap->pages = page;
        heap->bump[size_class] = page->cells;
        heap->bump_end[size_class] = page_end(page);
    }
    void *cell = heap->bump[size_class];
    heap->bump[size_class] += size_class * JHEAP_GRAIN;
    return cell;
}

void *jheap_alloc_slow(JHeap *heap, JType type, size_t size)
{
    size_t size_class = (size + JHEAP_GRAIN - 1) / JHEAP_GRAIN;
    /* A template has few constants, and a project thousands of templates: a page each is too much.
     */
    bool is_template = (heap->birth_flags & JOBJ_IMMORTAL) != 0;
    bool in_page = !JHEAP_PLAIN && !is_template && size_class < JHEAP_CLASSES;
    JObj *obj = in_page ? page_cell(heap, size_class) : memory_alloc(size);
    *obj = (JObj){.type = (uint8_t)type,
                  .mark = heap->birth,
                  .flags = heap->birth_flags,
                  .size_class = in_page ? (uint8_t)size_class : 0};
    if (!in_page) {
        VEC_PUSH(heap->vectors, &heap->large, obj);
    }
    heap->debt_bytes += size;
    return obj;
}

void *jheap_alloc_zeroed(JHeap *heap, JType type, size_t size)
{
    JObj *obj = jheap_alloc(heap, type, size);
    memset(obj + 1, 0, size - sizeof(*obj));
    return obj;
}

/* ---- Marking ---- */

void jmark_object(JMarker *marker, JObj *obj)
{
    if (is_foreign(obj)) {
        return;
    }
    if (marker->sharing == NULL) {
        if ((obj->mark & JMARK_EPOCH) == marker->heap->epoch) {
            return;
        }
        obj->mark = (uint8_t)((obj->mark & ~JMARK_EPOCH) | marker->heap->epoch);
    } else {
        obj->flags |= JOBJ_SHARED;
    }
    if (obj->type == J_STR && marker->sharing == NULL) {
        return; /* holds nothing */
    }
    if (marker->len == marker->capacity) {
        marker->capacity = marker->capacity > 0 ? marker->capacity * 2 : MARK_STACK_FIRST;
        marker->stack = memory_realloc(marker->stack, marker->capacity * sizeof(JObj *));
    }
    marker->stack[marker->len++] = obj;
}

void jmark_values(JMarker *marker, const JValue *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        jmark_value(marker, values[i]);
    }
}

static void mark_pointer(JMarker *marker, void *object)
{
    if (object != NULL) {
        jmark_object(marker, object);
    }
}

static void mark_table(JMarker *marker, const JDict *dict)
{
    for (uint32_t i = 0; i < dict->table.used; i++) {
        jmark_value(marker, dict->table.entries[i].key);
        jmark_value(marker, dict->table.entries[i].value);
    }
}

/* Visits what `obj` holds. */
static void mark_children(JMarker *marker, JObj *obj)
{
    switch ((JType)obj->type) {
    case J_LIST:
        jmark_values(marker, ((JList *)obj)->items, ((JList *)obj)->len);
        break;
    case J_TUPLE:
        jmark_values(marker, ((JTuple *)obj)->items, ((JTuple *)obj)->len);
        break;
    case J_DICT:
    case J_SET:
        mark_table(marker, (JDict *)obj);
        break;
    case J_UNDEFINED:
        jmark_value(marker, ((JUndefined *)obj)->name);
        mark_pointer(marker, ((JUndefined *)obj)->message);
        break;
    case J_VIEW:
        mark_pointer(marker, ((JView *)obj)->dict);
        break;
    case J_ITERATOR:
        jmark_value(marker, ((JIterator *)obj)->over);
        jmark_values(marker, ((JIterator *)obj)->extra, ARRAY_LEN(((JIterator *)obj)->extra));
        break;
    case J_FUNCTION:
        jmark_value(marker, ((JFunction *)obj)->self);
        break;
    case J_NAMESPACE:
        mark_pointer(marker, ((JNamespace *)obj)->dict);
        break;
    case J_CYCLER:
        mark_pointer(marker, ((JCycler *)obj)->items);
        break;
    case J_JOINER:
        jmark_value(marker, ((JJoiner *)obj)->separator);
        break;
    case J_HOST: {
        JHost *host = (JHost *)obj;
        jmark_value(marker, host->value);
        if (host->class->mark != NULL) {
            host->class->mark(marker, host);
        }
        break;
    }
    case J_MACRO:
    case J_LOOP:
    case J_MODULE:
    case J_BLOCK:
    case J_CELLS:
    case J_CONTEXT:
        jrun_mark(marker, obj);
        break;
    case J_MISSING:
    case J_NONE:
    case J_BOOL:
    case J_INT:
    case J_FLOAT:
    case J_BIGINT:
    case J_STR:
    case J_RANGE:
        break;
    }
}

/* Makes an object fit to be seen by several threads. */
static void prepare_shared(JSharedHeap *shared, JObj *obj)
{
    if (obj->type == J_STR) { /* nothing is computed late */
        jstr_chars((JStr *)obj);
        jstr_hash((JStr *)obj);
    } else if (obj->type == J_LIST) {
        ((JList *)obj)->shared = shared;
        ((JList *)obj)->heap = NULL;
    } else if (obj->type == J_DICT || obj->type == J_SET) {
        ((JDict *)obj)->shared = shared;
        ((JDict *)obj)->heap = NULL;
    }
}

static void marker_drain(JMarker *marker)
{
    while (marker->len > 0) {
        JObj *obj = marker->stack[--marker->len];
        if (marker->sharing != NULL) {
            prepare_shared(marker->sharing, obj);
        }
        mark_children(marker, obj);
    }
}

/* ---- Sweeping ---- */

/* Releases what an object holds outside the heap. */
static void finalize(JObj *obj)
{
    if (obj->type == J_LIST) {
        free(((JList *)obj)->items);
    } else if (obj->type == J_DICT || obj->type == J_SET) {
        jtable_release(&((JDict *)obj)->table);
    } else if (obj->type == J_BIGINT) {
        mpz_clear(((JBigint *)obj)->z);
    } else if (obj->type == J_HOST && ((JHost *)obj)->class->free != NULL) {
        ((JHost *)obj)->class->free((JHost *)obj);
    }
}

/* Bytes that an object accounts for, so that the next collection is due in proportion. */
static size_t object_bytes(const JObj *obj)
{
    size_t cell = (size_t)obj->size_class * JHEAP_GRAIN;
    switch (obj->type) {
    case J_LIST:
        return cell + ((const JList *)obj)->capacity * sizeof(JValue);
    case J_DICT:
    case J_SET:
        return cell + ((const JDict *)obj)->table.capacity * sizeof(JEntry);
    case J_STR:
        return cell != 0 ? cell : sizeof(JStr) + ((const JStr *)obj)->len;
    case J_TUPLE:
        return cell != 0 ? cell : ((const JTuple *)obj)->len * sizeof(JValue);
    default:
        return cell;
    }
}

static uint8_t *page_filled(const JHeap *heap, JPage *page)
{
    size_t size_class = page->cell_size / JHEAP_GRAIN;
    uint8_t *bump = heap->bump[size_class];
    return bump >= page->cells && bump <= page_end(page) ? bump : page_end(page);
}

static bool is_dead(const JHeap *heap, const JObj *obj)
{
    return !is_foreign(obj) && (obj->mark & JMARK_EPOCH) != heap->epoch;
}

static void sweep_pages(JHeap *heap)
{
    memset(heap->free, 0, sizeof(heap->free));
    for (JPage *page = heap->pages; page != NULL; page = page->next) {
        JCell **list = &heap->free[page->cell_size / JHEAP_GRAIN];
        uint8_t *end = page_filled(heap, page);
        for (uint8_t *at = page->cells; at < end; at += page->cell_size) {
            JCell *cell = (JCell *)(void *)at;
            if (cell->obj.type != 0) {
                if (!is_dead(heap, &cell->obj)) {
                    heap->live_bytes += object_bytes(&cell->obj);
                    continue;
                }
                finalize(&cell->obj);
                cell->obj.type = 0;
            }
            cell->next = *list;
            *list = cell;
        }
    }
}

static void sweep_large(JHeap *heap)
{
    size_t kept = 0;
    for (size_t i = 0; i < heap->large.len; i++) {
        JObj *obj = heap->large.data[i];
        if (is_dead(heap, obj)) {
            finalize(obj);
            free(obj);
        } else {
            heap->live_bytes += object_bytes(obj);
            heap->large.data[kept++] = obj;
        }
    }
    heap->large.len = kept;
}

/* What was born at a lesser depth of runs may be held by a waiting C function. */
static bool is_pinned(const JHeap *heap, const JObj *obj)
{
    return !is_foreign(obj) && (obj->mark & ~JMARK_EPOCH) < heap->birth;
}

static void mark_pinned(JHeap *heap, JMarker *marker)
{
    for (JPage *page = heap->pages; page != NULL; page = page->next) {
        uint8_t *end = page_filled(heap, page);
        for (uint8_t *at = page->cells; at < end; at += page->cell_size) {
            JObj *obj = (JObj *)(void *)at;
            if (obj->type != 0 && is_pinned(heap, obj)) {
                jmark_object(marker, obj);
            }
        }
    }
    for (size_t i = 0; i < heap->large.len; i++) {
        if (is_pinned(heap, heap->large.data[i])) {
            jmark_object(marker, heap->large.data[i]);
        }
    }
}

void jheap_collect(JHeap *heap, void (*roots)(JMarker *marker, void *context), void *context)
{
    heap->epoch = heap->epoch == 1 ? 2 : 1;
    JMarker marker = {.heap = heap};
    if (heap->birth > 0) {
        mark_pinned(heap, &marker);
    }
    roots(&marker, context);
    marker_drain(&marker);
    free(marker.stack);

    heap->live_bytes = 0;
    sweep_pages(heap);
    sweep_large(heap);
    heap->debt_bytes = 0;
    heap->limit_bytes =
        heap->live_bytes > FIRST_COLLECTION_BYTES ? heap->live_bytes : FIRST_COLLECTION_BYTES;
}

size_t jheap_held_bytes(const JHeap *heap)
{
    return heap->live_bytes + heap->debt_bytes;
}

/* ---- The end of a heap, and the shared heap ---- */

/* Finalizes the cells of a page that end with their heap; true if others, shared ones, remain. */
static bool page_finish(const JHeap *heap, JPage *page)
{
    bool shared = false;
    uint8_t *end = page_filled(heap, page);
    for (uint8_t *at = page->cells; at < end; at += page->cell_size) {
        JObj *obj = (JObj *)(void *)at;
        if (obj->type == 0) {
            continue;
        }
        if ((obj->flags & JOBJ_SHARED) != 0) {
            shared = true;
        } else {
            finalize(obj);
            obj->type = 0;
        }
    }
    page->filled = end;
    return shared;
}

void jheap_free(JHeap *heap)
{
    if (heap == NULL) {
        return;
    }
    JSharedHeap *shared = heap->shared;
    for (JPage *page = heap->pages, *next; page != NULL; page = next) {
        next = page->next;
        if (page_finish(heap, page)) {
            AUTO_DONE(mutex_guard) UNUSED MutexGuard guard = mutex_guard(&shared->mutex);
            page->next = shared->pages;
            shared->pages = page;
        } else {
            free(page);
        }
    }
    for (size_t i = 0; i < heap->large.len; i++) {
        JObj *obj = heap->large.data[i];
        if ((obj->flags & JOBJ_SHARED) != 0) {
            AUTO_DONE(mutex_guard) UNUSED MutexGuard guard = mutex_guard(&shared->mutex);
            VEC_PUSH(shared->vectors, &shared->large, obj);
        } else {
            finalize(obj);
            free(obj);
        }
    }
    arena_free(heap->vectors);
    free(heap);
}

JSharedHeap *jshared_new(void)
{
    JSharedHeap *shared = memory_alloc(sizeof(*shared));
    *shared = (JSharedHeap){.vectors = arena_new("jinja shared heap")};
    mutex_init(&shared->mutex);
    return shared;
}

void jshared_free(JSharedHeap *shared)
{
    if (shared == NULL) {
        return;
    }
    for (JPage *page = shared->pages, *next; page != NULL; page = next) {
        next = page->next;
        for (uint8_t *at = page->cells; at < page->filled; at += page->cell_size) {
            if (((JObj *)(void *)at)->type != 0) {
                finalize((JObj *)(void *)at);
            }
        }
        free(page);
    }
    for (size_t i = 0; i < shared->large.len; i++) {
        finalize(shared->large.data[i]);
        free(shared->large.data[i]);
    }
    mutex_done(&shared->mutex);
    arena_free(shared->vectors);
    free(shared);
}

Mutex *jshared_mutex(JSharedHeap *shared)
{
    return &shared->mutex;
}

uint64_t jshared_stores(const JSharedHeap *shared)
{
    return shared != NULL ? atomic_load(&shared->stores) : 0;
}

void jshared_on_free(JSharedHeap *shared, void (*release)(void *object), void *object)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&shared->mutex);
    arena_on_free(shared->vectors, release, object);
}

void jshare(JHeap *from, JSharedHeap *shared, JValue value)
{
    JMarker marker = {.heap = from, .sharing = shared};
    atomic_fetch_add(&shared->stores, 1);
    jmark_value(&marker, value);
    marker_drain(&marker);
    free(marker.stack);
}
