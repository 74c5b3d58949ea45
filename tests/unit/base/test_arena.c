#include "base_fixture.h"

#include <string.h>

#include "base/arena.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SEPARATE = 1 };
#else
enum { SEPARATE = 0 };
#endif

static void memory_is_zeroed_and_aligned_whatever_its_size(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    static const size_t sizes[] = {0, 1, 7, 15, 16, 17, 100, 4095, 4096, 4097, 1 << 20, 3 << 20};
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
            uint8_t *block = arena_alloc(arena, sizes[i]);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % 16, 0);
            for (size_t at = 0; at < sizes[i]; at++) {
                assert_int_equal(block[at], 0);
            }
            memset(block, 0xAB, sizes[i]); /* what is reused after a reset must be cleared again */
        }
        arena_reset(arena);
    }
}

static void blocks_do_not_overlap(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    Random random = random_seeded("blocks");
    enum { BLOCKS = 2000 };
    uint8_t *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        sizes[i] = random_below(&random, i % 50 == 0 ? 20000 : 200);
        blocks[i] = arena_alloc_raw(arena, sizes[i]);
        memset(blocks[i], (int)(i % 251), sizes[i]);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
        for (size_t at = 0; at < sizes[i]; at++) {
            assert_int_equal(blocks[i][at], i % 251);
        }
    }
}

static void the_last_block_grows_in_place_and_others_move(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char *first = arena_alloc_raw(arena, 10);
    memcpy(first, "123456789", 10);
    char *grown = arena_grow(arena, first, 10, 100);
    assert_true(SEPARATE || grown == first);
    assert_string_equal(grown, "123456789");
    char *second = arena_alloc(arena, 8);
    char *moved = arena_grow(arena, grown, 100, 200);
    assert_ptr_not_equal(moved, grown);
    assert_string_equal(moved, "123456789");
    assert_int_equal(second[0], 0);
    char *huge = arena_grow(arena, moved, 200, 100000); /* more than the chunk has */
    assert_string_equal(huge, "123456789");
    char *small = arena_grow(arena, huge, 100000, 4); /* shrinks: only what fits is kept */
    assert_memory_equal(small, "1234", 4);
    assert_non_null(arena_grow(arena, NULL, 0, 16));
}

static void two_empty_blocks_may_both_grow(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    char *first = arena_alloc(arena, 0), *second = arena_alloc(arena, 0);
    first = arena_grow(arena, first, 0, 32);
    memset(first, 'a', 32);
    second = arena_grow(arena, second, 0, 32);
    memset(second, 'b', 32);
    assert_int_equal(first[0], 'a');
    assert_int_equal(first[31], 'a');
}

typedef struct Trace {
    char text[32];
} Trace;

typedef struct Traced {
    Trace *trace;
    char letter;
} Traced;

static void write_letter(void *object)
{
    const Traced *traced = object;
    size_t len = strlen(traced->trace->text);
    traced->trace->text[len] = traced->letter;
    traced->trace->text[len + 1] = '\0';
}

static void add_traced(Arena *arena, Trace *trace, char letter)
{
    Traced *traced = ARENA_NEW(arena, Traced);
    *traced = (Traced){trace, letter};
    arena_on_free(arena, write_letter, traced);
}

static void cleanups_run_latest_first_at_rewind_reset_and_free(void **state)
{
    (void)state;
    Trace trace = {""};
    Arena *arena = arena_new("test");
    add_traced(arena, &trace, 'a');
    ArenaMark outer = arena_mark(arena);
    add_traced(arena, &trace, 'b');
    arena_alloc(arena, 100000);
    ArenaMark inner = arena_mark(arena);
    add_traced(arena, &trace, 'c');
    add_traced(arena, &trace, 'd');
    arena_rewind(arena, inner);
    assert_string_equal(trace.text, "dc");
    arena_rewind(arena, inner); /* nothing is left to run */
    assert_string_equal(trace.text, "dc");
    add_traced(arena, &trace, 'e');
    arena_rewind(arena, outer);
    assert_string_equal(trace.text, "dceb");
    arena_reset(arena);
    assert_string_equal(trace.text, "dceba");
    add_traced(arena, &trace, 'f');
    add_traced(arena, &trace, 'g');
    arena_free(arena);
    assert_string_equal(trace.text, "dcebagf");
}

typedef struct Chain {
    Arena *arena;
    int left;
    int ran;
} Chain;

static void register_another(void *object)
{
    Chain *chain = object;
    chain->ran++;
    if (chain->left-- > 0) {
        arena_alloc(chain->arena, 5000);
        arena_on_free(chain->arena, register_another, chain);
    }
}

static void a_cleanup_may_allocate_and_register_another(void **state)
{
    (void)state;
    Chain chain = {.arena = arena_new("test"), .left = 3};
    ArenaMark mark = arena_mark(chain.arena);
    arena_on_free(chain.arena, register_another, &chain);
    arena_rewind(chain.arena, mark);
    assert_int_equal(chain.ran, 4);
    chain.left = 2;
    arena_on_free(chain.arena, register_another, &chain);
    arena_free(chain.arena);
    assert_int_equal(chain.ran, 7);
}

static void a_rewound_arena_is_as_at_the_mark(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    ArenaMark empty = arena_mark(arena);
    arena_alloc(arena, 10);
    arena_rewind(arena, empty);
    assert_int_equal(arena_held_bytes(arena), 0);
    char *kept = arena_alloc(arena, 10);
    memcpy(kept, "kept", 5);
    size_t held = arena_held_bytes(arena);
    ArenaMark mark = arena_mark(arena);
    for (size_t i = 0; i < 1000; i++) {
        memset(arena_alloc_raw(arena, 1000), 'x', 1000);
        arena_alloc_raw(arena, 50000);
        arena_rewind(arena, mark);
        assert_int_equal(arena_held_bytes(arena), held); /* a long loop runs flat */
    }
    assert_string_equal(kept, "kept");
}

static void a_reset_keeps_one_chunk(void **state)
{
    (void)state;
    AUTO_FREE(arena) Arena *arena = arena_new("test");
    arena_reset(arena); /* nothing to do */
    for (size_t i = 0; i < 100; i++) {
        arena_alloc(arena, 1000);
    }
    size_t held = arena_held_bytes(arena);
    assert_true(held >= 100000);
    arena_reset(arena);
    assert_true(arena_held_bytes(arena) < held);
    assert_true(SEPARATE == (arena_held_bytes(arena) == 0));
    arena_alloc(arena, 1000);
    arena_free(NULL);
}

static void ask_for_too_much(void *context)
{
    int which = *(const int *)context;
    AUTO_FREE(arena) Arena *arena = arena_new("the test's arena");
    size_t huge = SIZE_MAX - 3;
    if (which == 0) {
        arena_alloc_array(arena, SIZE_MAX / 2, 3);
    } else if (which == 1) {
        arena_alloc_raw(arena, huge);
    } else if (which == 2) {
        arena_alloc_raw(arena, SIZE_MAX / 2 + 100);
    } else {
        arena_alloc_raw(arena, (size_t)1 << 46); /* beyond any address space's free part */
    }
}

static void ask_the_heap_for_too_much(void *context)
{
    size_t huge = (size_t)1 << 46;
    char *block = memory_alloc(0);
    block = *(const int *)context == 0 ? memory_alloc(huge) : memory_realloc(block, huge);
    fprintf(stderr, "%p", (void *)block);
}

static void running_out_of_memory_ends_the_program_with_the_arenas_name(void **state)
{
    (void)state;
    for (int which = 0; which < 4; which++) {
        if (SEPARATE && which == 3) {
            continue; /* the sanitizer's malloc ends the program by itself */
        }
        assert_aborts(ask_for_too_much, &which, "for the test's arena");
    }
    for (int which = 0; which < 2 && !SEPARATE; which++) {
        assert_aborts(ask_the_heap_for_too_much, &which, "for the heap");
    }
}

static void heap_blocks_of_no_bytes_are_valid(void **state)
{
    (void)state;
    char *block = memory_alloc(0);
    assert_non_null(block);
    block = memory_realloc(block, 10);
    memcpy(block, "123456789", 10);
    block = memory_realloc(block, 100);
    assert_string_equal(block, "123456789");
    block = memory_realloc(block, 0);
    assert_non_null(block);
    free(block);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned_whatever_its_size),
        cmocka_unit_test(blocks_do_not_overlap),
        cmocka_unit_test(the_last_block_grows_in_place_and_others_move),
        cmocka_unit_test(two_empty_blocks_may_both_grow),
        cmocka_unit_test(cleanups_run_latest_first_at_rewind_reset_and_free),
        cmocka_unit_test(a_cleanup_may_allocate_and_register_another),
        cmocka_unit_test(a_rewound_arena_is_as_at_the_mark),
        cmocka_unit_test(a_reset_keeps_one_chunk),
        cmocka_unit_test(running_out_of_memory_ends_the_program_with_the_arenas_name),
        cmocka_unit_test(heap_blocks_of_no_bytes_are_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
