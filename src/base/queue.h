/* base/queue.h - a bounded queue of pointers between threads. Pushing an item gives it away;
 * popping takes it over. Any number of threads may push and pop. */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

typedef struct Queue Queue;

/* Items still inside are not freed: pop them first. */
void queue_free(Queue *queue);
OWNED_UNTIL(queue_free) Queue *queue_new(size_t capacity);
DEFINE_AUTO_FREE(queue, Queue)

/* Waits for room. The item is not NULL. False when the queue is closed: the item then still belongs
 * to the caller. */
MUST_CHECK bool queue_push(Queue *queue, void *item);
/* Waits for an item; NULL once the queue is closed and empty. */
void *queue_pop(Queue *queue);
/* Lets pushers fail and poppers finish what is inside. */
void queue_close(Queue *queue);

#endif
