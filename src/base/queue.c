#include "base/queue.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/thread.h"

struct Queue {
    Mutex mu;
    Condition changed;
    size_t capacity;
    size_t first;  /* guarded by mu */
    size_t len;    /* guarded by mu */
    bool closed;   /* guarded by mu */
    void *items[]; /* guarded by mu */
};

Queue *queue_new(size_t capacity)
{
    CHECK(capacity > 0);
    Queue *queue = memory_alloc(sizeof(*queue) + capacity * sizeof(queue->items[0]));
    *queue = (Queue){.capacity = capacity};
    mutex_init(&queue->mu);
    condition_init(&queue->changed);
    return queue;
}

void queue_free(Queue *queue)
{
    if (queue == NULL) {
        return;
    }
    condition_done(&queue->changed);
    mutex_done(&queue->mu);
    free(queue);
}

bool queue_push(Queue *queue, void *item)
{
    CHECK(item != NULL);
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&queue->mu);
    while (!queue->closed && queue->len == queue->capacity) {
        condition_wait(&queue->changed, &queue->mu);
    }
    if (queue->closed) {
        return false;
    }
    queue->items[(queue->first + queue->len) % queue->capacity] = item;
    queue->len++;
    condition_wake_all(&queue->changed);
    return true;
}

void *queue_pop(Queue *queue)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&queue->mu);
    while (!queue->closed && queue->len == 0) {
        condition_wait(&queue->changed, &queue->mu);
    }
    if (queue->len == 0) {
        return NULL;
    }
    void *item = queue->items[queue->first];
    queue->first = (queue->first + 1) % queue->capacity;
    queue->len--;
    condition_wake_all(&queue->changed);
    return item;
}

void queue_close(Queue *queue)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&queue->mu);
    queue->closed = true;
    condition_wake_all(&queue->changed);
}
