#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "warehouse/duckdb/duckdb_internal.h"

static void let_segment_go(const struct dl_phdr_info *object, const ElfW(Phdr) * segment)
{
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) != 0) {
        return;
    }
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = (object->dlpi_addr + segment->p_vaddr) & ~(page - 1);
    uintptr_t end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
    void *start = (void *)from; // NOLINT(performance-no-int-to-ptr): the loader says it as a number
    (void)madvise(start, end - from, MADV_DONTNEED);
}

static int let_object_go(struct dl_phdr_info *object, size_t size, void *base)
{
    (void)size;
    if (object->dlpi_addr != (uintptr_t)base) {
        return 0;
    }
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        let_segment_go(object, &object->dlpi_phdr[i]);
    }
    return 1;
}

void duck_let_code_go(void)
{
    Dl_info library;
    union {
        const char *(*function)(void);
        const void *address;
    } anywhere = {.function = duckdb_library_version};
    if (dladdr(anywhere.address, &library) != 0) {
        (void)dl_iterate_phdr(let_object_go, library.dli_fbase);
    }
}
