/* jinja/heap.h - where objects live. A render has a heap of its own: non-moving, mark and sweep.
 * Whoever allocates need not look at the result (memory never runs out quietly, see base/arena.h)
 * and need not protect it: heap_collect is called only by the VM, between instructions, once enough
 * was allocated.
 *
 * C functions that call back into the VM need not protect what they hold either. Each object
 * carries the depth of VM runs inside each other at which it was born; a collection at depth d
 * treats everything born at a lesser depth as alive, and so whatever the waiting C functions made.
 * What a run returns to C is re-stamped with the depth of its receiver (jheap_adopt).
 *
 * Constants of a template live on a heap that never collects (JHEAP_IMMORTAL) and are freed with
 * the template. What outlives a render and is seen by several threads lives on a shared heap:
 * storing a value into a shared container gives everything reachable from the value to the shared
 * heap, where it stays until that heap is freed. Objects do not move, so identity is kept. Marking
 * stops at objects of other heaps. A heap belongs to one thread at a time; the shared heap guards
 * itself. */
#ifndef JINJA_HEAP_H
#define JINJA_HEAP_H

#include "base/arena.h"
#include "base/error.h"
#include "base/thread.h"
#include "base/vec.h"
#include "jinja/value.h"

#if defined(__SANITIZE_ADDRESS__)
#    define JHEAP_PLAIN 1 /* each object is its own allocation, so that overruns are caught */
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define JHEAP_PLAIN 1
#    endif
#endif
#ifndef JHEAP_PLAIN
#    define JHEAP_PLAIN 0
#endif

enum {
    JHEAP_GRAIN = 16,   /* cells are multiples of this */
    JHEAP_CLASSES = 33, /* cells of 16 to 512 bytes; class 0 = by itself */
    JHEAP_CELL_MAX = JHEAP_GRAIN * (JHEAP_CLASSES - 1),
};

/* JObj.mark: two bits of epoch, six of depth. Deeper runs than these count as the deepest. */
enum { JMARK_EPOCH = 3, JMARK_DEPTH_SHIFT = 2, JMARK_DEPTH_MAX = 63 };

typedef struct JCell {
    JObj obj; /* type 0 */
    struct JCell *next;
} JCell;

typedef struct JPage JPage;
typedef struct JSharedHeap JSharedHeap;
typedef VEC(JObj *) JObjVec;

typedef enum JHeapKind { JHEAP_RENDER, JHEAP_IMMORTAL } JHeapKind;

typedef struct JHeap {
    JCell *free[JHEAP_CLASSES];   /* swept cells */
    uint8_t *bump[JHEAP_CLASSES]; /* the untouched rest of the newest page of each class */
    uint8_t *bump_end[JHEAP_CLASSES];
    JPage *pages;
    JObjVec large;       /* objects allocated by themselves */
    Arena *vectors;      /* storage of `large` */
    size_t debt_bytes;   /* allocated since the last collection */
    size_t limit_bytes;  /* debt at which the next one is due */
    size_t live_bytes;   /* what the last one left, roughly */
    uint8_t epoch;       /* the mark of reached objects: 1 or 2 */
    uint8_t birth;       /* depth << JMARK_DEPTH_SHIFT: the mark of new objects */
    uint8_t birth_flags; /* JOBJ_IMMORTAL on the heap of a template */
    JSharedHeap *shared; /* whose containers this heap's render may write to; may be NULL */
} JHeap;

void jheap_free(JHeap *heap);
/* `shared` may be NULL; it must outlive the heap. */
OWNED_UNTIL(jheap_free) JHeap *jheap_new(JHeapKind kind, JSharedHeap *shared);
DEFINE_AUTO_FREE(jheap, JHeap)

/* The slow way of jheap_alloc: a new page, or an object by itself. */
void *jheap_alloc_slow(JHeap *heap, JType type, size_t size);

/* A new object whose bytes beyond the header are NOT set. */
static inline void *jheap_alloc(JHeap *heap, JType type, size_t size)
{
    size_t size_class = (size + JHEAP_GRAIN - 1) / JHEAP_GRAIN;
    if (!JHEAP_PLAIN && size_class < JHEAP_CLASSES) {
        JCell *cell = heap->free[size_class];
        if (cell != NULL) {
            heap->free[size_class] = cell->next;
            heap->debt_bytes += size_class * JHEAP_GRAIN;
            cell->obj = (JObj){.type = (uint8_t)type,
                               .mark = heap->birth,
                               .flags = heap->birth_flags,
                               .size_class = (uint8_t)size_class};
            return cell;
        }
    }
    return jheap_alloc_slow(heap, type, size);
}

/* The same, zeroed beyond the header. */
void *jheap_alloc_zeroed(JHeap *heap, JType type, size_t size);

#define JHEAP_NEW(heap, TYPE, Struct) ((Struct *)jheap_alloc_zeroed((heap), (TYPE), sizeof(Struct)))

/* Objects made from now on are born at this depth of VM runs. */
static inline void jheap_set_depth(JHeap *heap, size_t depth)
{
    size_t kept = depth < JMARK_DEPTH_MAX ? depth : JMARK_DEPTH_MAX;
    heap->birth = (uint8_t)(kept << JMARK_DEPTH_SHIFT);
}

/* Makes an object one of the present depth: it is handed to a C function there. */
static inline void jheap_adopt(JHeap *heap, JValue value)
{
    if (jis_object(value) && (value.obj->flags & (JOBJ_IMMORTAL | JOBJ_SHARED)) == 0 &&
        (value.obj->mark & ~JMARK_EPOCH) > heap->birth) {
        value.obj->mark = (uint8_t)((value.obj->mark & JMARK_EPOCH) | heap->birth);
    }
}

/* Tells the collector of a buffer that grew by `bytes` outside the heap (list items, dict entries).
 */
static inline void jheap_grew(JHeap *heap, size_t bytes)
{
    heap->debt_bytes += bytes;
}

static inline bool jheap_due(const JHeap *heap)
{
    return heap->debt_bytes >= heap->limit_bytes;
}

/* Visits objects: marks them, or hands them to the shared heap. Work waits on a stack of its own,
 * so nesting costs no C stack. */
typedef struct JMarker {
    JHeap *heap;
    JSharedHeap *sharing; /* NULL: this is a collection */
    JObj **stack;
    size_t len;
    size_t capacity;
} JMarker;

void jmark_object(JMarker *marker, JObj *obj);

static inline void jmark_value(JMarker *marker, JValue value)
{
    if (jis_object(value)) {
        jmark_object(marker, value.obj);
    }
}

void jmark_values(JMarker *marker, const JValue *values, size_t count);

/* Frees what `roots` does not reach. */
void jheap_collect(JHeap *heap, void (*roots)(JMarker *marker, void *context), void *context);
/* Bytes of cells and buffers after the last collection and allocated since; for ceilings. */
size_t jheap_held_bytes(const JHeap *heap);

/* ---- The shared heap ---- */

void jshared_free(JSharedHeap *shared);
OWNED_UNTIL(jshared_free) JSharedHeap *jshared_new(void);
DEFINE_AUTO_FREE(jshared, JSharedHeap)

/* Gives `value` and everything reachable from it to the shared heap. From then on its containers
 * lock themselves. Only before other threads see the value. */
void jshare(JHeap *from, JSharedHeap *shared, JValue value);
/* Counts what was stored into shared containers, by all threads; 0 for NULL. */
uint64_t jshared_stores(const JSharedHeap *shared);
/* Keeps what values on the shared heap may refer to: `release(object)` is called when it is freed.
 */
void jshared_on_free(JSharedHeap *shared, void (*release)(void *object), void *object);

/* Holds the lock of a shared container for a scope; costs one comparison when it is not shared. */
typedef struct JGuard {
    Mutex *mutex;
} JGuard;

Mutex *jshared_mutex(JSharedHeap *shared);

static inline JGuard jguard(JSharedHeap *shared)
{
    if (LIKELY(shared == NULL)) {
        return (JGuard){NULL};
    }
    Mutex *mutex = jshared_mutex(shared);
    mutex_lock(mutex);
    return (JGuard){mutex};
}

static inline void jguard_done(JGuard *guard)
{
    if (UNLIKELY(guard->mutex != NULL)) {
        mutex_unlock(guard->mutex);
    }
}
DEFINE_AUTO_DONE(jguard, JGuard)

#define JGUARD(container) AUTO_DONE(jguard) UNUSED JGuard guard = jguard((container)->shared)

#endif
