"""Files with `nested: tables`: lists become tables of their own, and follow their files."""
import gzip
import json

import duckdb
import pytest

ROWS = [{"id": i, "customer": {"name": f"c{i}", "tags": ["a", "b"]}, "at": "2024-01-02T03:04:05Z",
         "items": [{"sku": f"s{j}", "qty": j, "notes": [{"n": j}]} for j in range(i % 4)]} for i in range(200)]


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def nested(project, **options):
    project.sources({"name": "orders", "type": "local_files",
                     "local_files": {"directory": "data/in", "file_pattern": "*", "nested": "tables", **options}})


def counts(project):
    tables = ("orders", "orders__items", "orders__items__notes", "orders__customer__tags")
    return tuple(project.rows(f"select count(*) from raw_orders.{table}")[0][0] for table in tables)


def expected(rows):
    items = [item for row in rows for item in row["items"]]
    return (len(rows), len(items), sum(len(item["notes"]) for item in items), 2 * len(rows))


@pytest.mark.parametrize("name, data", [
    ("a.jsonl", lines(ROWS)), ("a.jsonl.gz", gzip.compress(lines(ROWS).encode())),
    ("a.json", json.dumps(ROWS, indent=2)), ("a.json.gz", gzip.compress(json.dumps(ROWS).encode())),
], ids=["lines", "lines, packed", "list", "list, packed"])
def test_lists_become_tables_from_every_form_of_json(project, name, data):
    project.write(f"data/in/{name}", data)
    nested(project)
    project.ok("sync", "orders")
    assert counts(project) == expected(ROWS)
    assert project.rows("select customer__name, cast(\"at\" as varchar), _dango_filename from raw_orders.orders where id = 7") == \
        [("c7", "2024-01-02 03:04:05+00", f"data/in/{name}")]
    assert project.rows("""select o.id, i._dlt_list_idx, i.sku from raw_orders.orders o join raw_orders.orders__items i
        on i._dlt_parent_id = o._dlt_id where o.id = 6 order by 2""") == [(6, 0, "s0"), (6, 1, "s1")]


def test_structs_and_lists_of_parquet_become_columns_and_tables(project):
    project.write("data/in/rows.txt", "")
    (project / "data/in/rows.txt").unlink()
    duckdb.sql("""copy (select i as id, {'name': 'c' || i, 'tags': ['a', 'b']} as customer, i::decimal(9,2) as price,
        timestamptz '2024-01-02 03:04:05+00' as at, list_transform(range(i %% 4), j -> {'sku': 's' || j, 'qty': j,
        'notes': [{'n': j}]}) as items from range(200) t(i)) to '%s' (format parquet)"""
               % (project / "data/in/a.parquet"))
    nested(project)
    project.ok("sync", "orders")
    assert counts(project) == expected(ROWS)
    assert project.rows("select price::varchar, typeof(\"at\"), customer__name from raw_orders.orders where id = 3") == \
        [("3.000000000", "TIMESTAMP WITH TIME ZONE", "c3")]


def test_rows_follow_their_files(project):
    project.write("data/in/a.jsonl", lines(ROWS[:100]))
    project.write("data/in/b.jsonl", lines(ROWS[100:]))
    nested(project)
    project.ok("sync", "orders")
    assert "Loaded 0 rows" in project.ok("sync", "orders").out
    project.write("data/in/b.jsonl", lines(ROWS[100:103]) + "\n")
    project.ok("sync", "orders")
    assert counts(project) == expected(ROWS[:103])
    (project / "data/in/a.jsonl").unlink()
    project.ok("sync", "orders")
    assert counts(project) == expected(ROWS[:103])
    assert project.rows("select count(*) from raw_orders.orders where _dango_deleted") == [(100,)]
    project.ok("sync", "orders", "--full-refresh", "--yes")
    assert counts(project) == expected(ROWS[100:103])


def test_a_broken_row_names_its_line_and_nothing_changes(project):
    project.write("data/in/a.jsonl", lines(ROWS[:3]))
    nested(project)
    project.ok("sync", "orders")
    project.write("data/in/b.jsonl", lines(ROWS[:2]) + '{"id": nope}\n')
    failed = project.run("sync", "orders")
    assert failed.code == 1 and "data/in/b.jsonl:3" in failed.out + failed.err, failed
    assert counts(project) == expected(ROWS[:3])
