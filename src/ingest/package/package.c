#include "ingest/package/package.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"

/* ---- Writing ---- */

struct PackageWriter {
    int fd;
    Arena *arena; /* of the path */
    Str path;
    Arena *scratch;
    FrameBuffer buffer;
};

void package_writer_free(PackageWriter *writer)
{
    if (writer == NULL) {
        return;
    }
    if (writer->fd >= 0) {
        (void)close(writer->fd);
    }
    frame_buffer_done(&writer->buffer);
    arena_free(writer->scratch);
    arena_free(writer->arena);
    free(writer);
}

Error *package_writer_open(Str directory, unsigned number, PackageWriter **out)
{
    Arena *arena = arena_new("package");
    PackageWriter *writer = memory_alloc(sizeof(*writer));
    *writer = (PackageWriter){.fd = -1, .arena = arena, .scratch = arena_new("package rows")};
    writer->path = str_printf(arena, STR_FMT "/rows-%u.frames", STR_ARG(directory), number);
    Error *err = fs_make_directory(str_to_c(arena, directory));
    if (err == NULL) {
        const char *path = str_to_c(arena, writer->path);
        writer->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        err = writer->fd < 0 ? error_from_errno("create", path, errno) : NULL;
    }
    if (err != NULL) {
        package_writer_free(writer);
        return err;
    }
    *out = writer;
    return NULL;
}

/* A column that the package makes beside those of the data. */
typedef struct SystemValues {
    const char *name;
    ColumnKind kind;
    const void *values;
} SystemValues;

static Column system_column(const SystemValues *values)
{
    return (Column){
        .name = str_from(values->name), .type = {.kind = values->kind}, .data = values->values};
}

static const Str *parent_ids(Arena *arena, const TableTarget *table)
{
    Str *ids = arena_alloc_raw(arena, table->ids.len * sizeof(Str));
    for (size_t i = 0; i < table->ids.len; i++) {
        ids[i] = table->parent->ids.data[table->parent_rows.data[i]];
    }
    return ids;
}

static Str root_id(const TableTarget *table, size_t row)
{
    const TableTarget *root = table->root_id_of;
    while (table != root) {
        row = table->parent_rows.data[row];
        table = table->above;
    }
    return table->ids.data[row];
}

static const Str *root_ids(Arena *arena, const TableTarget *table)
{
    Str *ids = arena_alloc_raw(arena, table->ids.len * sizeof(Str));
    for (size_t i = 0; i < table->ids.len; i++) {
        ids[i] = root_id(table, i);
    }
    return ids;
}

static const int64_t *list_positions(Arena *arena, const TableTarget *table)
{
    int64_t *positions = arena_alloc_raw(arena, table->positions.len * sizeof(int64_t));
    for (size_t i = 0; i < table->positions.len; i++) {
        positions[i] = table->positions.data[i];
    }
    return positions;
}

enum { MOST_SYSTEM_COLUMNS = 4 };

static size_t add_system_columns(Arena *arena, const TableTarget *table, Column *out)
{
    size_t count = 0;
    if (table->id_kind == ROW_ID_NONE) {
        return count;
    }
    out[count++] =
        system_column(&(SystemValues){system_column_id.name, COLUMN_TEXT, table->ids.data});
    if (table->parent != NULL) {
        out[count++] = system_column(
            &(SystemValues){system_column_parent_id.name, COLUMN_TEXT, parent_ids(arena, table)});
        out[count++] = system_column(
            &(SystemValues){system_column_list_idx.name, COLUMN_INT, list_positions(arena, table)});
    }
    if (table->root_id_of != NULL) {
        out[count++] = system_column(
            &(SystemValues){system_column_root_id.name, COLUMN_TEXT, root_ids(arena, table)});
    }
    return count;
}

/* A column whose memory is shorter than the batch was not set in its last rows. */
static const uint64_t *whole_validity(Arena *arena, const BatchColumn *column, size_t rows)
{
    if (column->row_capacity >= rows) {
        return column->validity;
    }
    uint64_t *validity = arena_alloc(arena, (rows + 63) / 64 * sizeof(uint64_t));
    memcpy(validity, column->validity, column->row_capacity / 8);
    return validity;
}

static const void *whole_values(Arena *arena, const BatchColumn *column, size_t rows)
{
    if (column->row_capacity >= rows) {
        return column->values;
    }
    size_t size = column_kind_size(column->layout.kind);
    char *values = arena_alloc(arena, rows * size);
    memcpy(values, column->values, column->row_capacity * size);
    return values;
}

static bool has_name(const Column *columns, size_t count, Str name)
{
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        found = str_eq(columns[i].name, name);
    }
    return found;
}

/* Data that has the key of a system column does not take its place. */
static void add_table(PackageWriter *writer, const TableTarget *table)
{
    Arena *arena = writer->scratch;
    const RowBatch *rows = &table->rows;
    Column *columns = ARENA_ARRAY(arena, Column, rows->column_count + MOST_SYSTEM_COLUMNS);
    const size_t made = add_system_columns(arena, table, columns);
    size_t count = made;
    for (STRMAP_EACH(it, &table->columns)) {
        const ColumnTarget *target = it->value;
        const BatchColumn *column = &rows->columns[target->index];
        if (column->has_values && !has_name(columns, made, target->name)) {
            columns[count++] = (Column){
                .name = target->name,
                .type = column->layout,
                .validity = whole_validity(arena, column, rows->row_count),
                .data = whole_values(arena, column, rows->row_count),
            };
        }
    }
    frame_add(&writer->buffer, table->name, columns, count, rows->row_count);
    arena_reset(arena);
}

/* They are the rows of the table without a name. */
static void add_rejected(PackageWriter *writer, const RejectedRowVec *rejected)
{
    Column columns[REJECTED_COLUMNS];
    rejected_columns(writer->scratch, rejected, columns);
    frame_add(&writer->buffer, STR(""), columns, REJECTED_COLUMNS, rejected->len);
    arena_reset(writer->scratch);
}

static Error *write_buffer(PackageWriter *writer)
{
    size_t done = 0;
    while (done < writer->buffer.len) {
        ssize_t count = write(writer->fd, writer->buffer.data + done, writer->buffer.len - done);
        if (count < 0 && errno != EINTR) {
            return error_from_errno("write", str_to_c(writer->scratch, writer->path), errno);
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return NULL;
}

Error *package_writer_add(PackageWriter *writer, const Normaliser *normaliser)
{
    writer->buffer.len = 0;
    for (size_t i = 0; i < normaliser->set.tables.len; i++) {
        const TableTarget *table = normaliser->set.tables.data[i];
        if (table->rows.row_count > 0) {
            add_table(writer, table);
        }
    }
    if (normaliser->rejected.len > 0) {
        add_rejected(writer, &normaliser->rejected);
    }
    return write_buffer(writer);
}

Error *package_writer_finish(PackageWriter *writer)
{
    if (fsync(writer->fd) != 0) {
        return error_from_errno("write", str_to_c(writer->scratch, writer->path), errno);
    }
    int fd = writer->fd;
    writer->fd = -1;
    return close(fd) == 0
               ? NULL
               : error_from_errno("write", str_to_c(writer->scratch, writer->path), errno);
}

/* ---- Reading ---- */

static void keep_frame(Package *package, const Frame *frame)
{
    bool is_rejected = frame->table.len == 0;
    PackageTable *table =
        is_rejected ? package->rejected : strmap_find(&package->tables, frame->table);
    if (table == NULL) {
        table = ARENA_NEW(package->arena, PackageTable);
        table->name = frame->table;
        if (is_rejected) {
            package->rejected = table;
        } else {
            strmap_set(&package->tables, table->name, table);
        }
    }
    VEC_PUSH(package->arena, &table->frames, *frame);
    table->row_count += frame->row_count;
}

static Error *read_frames(Package *package, Str bytes)
{
    package->byte_count += bytes.len;
    for (Str rest = bytes; rest.len > 0;) {
        Frame frame = {0};
        TRY(frame_open(package->arena, rest, &frame));
        keep_frame(package, &frame);
        frame_release(&frame); /* looking at its header has mapped what lies around it */
        rest = str_from_offset(rest, frame.len);
    }
    return NULL;
}

Error *package_open(Arena *arena, Str directory, Package *out)
{
    *out = (Package){.arena = arena, .tables = strmap_init(arena)};
    for (unsigned number = 0;; number++) {
        Str path = str_printf(arena, STR_FMT "/rows-%u.frames", STR_ARG(directory), number);
        const char *file = str_to_c(arena, path);
        if (!fs_is_file(file)) {
            return NULL;
        }
        Str bytes = {0};
        TRY(fs_map_file(arena, file, &bytes));
        TRY_WRAP(read_frames(out, bytes), "%s", file);
    }
}

const PackageTable *package_table(const Package *package, Str name)
{
    return strmap_find(&package->tables, name);
}
