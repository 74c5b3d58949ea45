"""Files as dlt's `filesystem` reads them."""
import gzip
import os

import pytest


def source(project, **options):
    project.sources({"name": "drop", "type": "filesystem", "filesystem": options})


def failed(project):
    result = project.run("sync", "drop")
    assert result.code == 1, result
    return " ".join((result.out + result.err).split())


def test_files_become_one_table_with_types_per_file(project):
    project.write("data/uploads/a.csv", 'id,name,amount,ok\n1,"Ann, ""A""",1.5,true\n2,NA,,false\n')
    project.write("data/uploads/b.csv", "id,name,amount,ok\n3,Bob,7,True\n\n4,Cid\n")
    with gzip.open(project.write("data/uploads/c.csv.gz", ""), "wt") as out:
        out.write("id,name\r\n+5,Eve\r\n")
    project.write("data/uploads/notes.md", "no rows")
    source(project)
    said = project.ok("sync", "drop")
    assert "notes.md" in said.out + said.err
    assert project.rows("select id, name, amount, ok from raw_drop.drop order by id") == [
        (1, 'Ann, "A"', 1.5, True), (2, None, None, False), (3, "Bob", 7.0, True), (4, "Cid", None, None),
        (5, "Eve", None, None)]


def test_only_new_and_changed_files_are_read_again(project):
    source(project, format="jsonl", file_glob="**/*.jsonl", incremental=True)
    first = project.write("data/uploads/a.jsonl", '{"id": 1, "tags": ["x", "y"]}\n\n{"id": 2}\n')
    os.utime(first, (1_700_000_000, 1_700_000_000))
    project.ok("sync", "drop")
    project.ok("sync", "drop")
    assert project.rows("select count(*) from raw_drop.drop") == [(2,)]
    assert project.rows("select value from raw_drop.drop__tags order by 1") == [("x",), ("y",)]
    later = project.write("data/uploads/deep/b.jsonl", '{"id": 3}\n')
    os.utime(later, (1_700_000_000, 1_700_000_000))  # of the same moment, and yet new
    project.ok("sync", "drop")
    os.utime(first, (1_700_000_100, 1_700_000_100))
    project.ok("sync", "drop")
    assert project.rows("select id, count(*) from raw_drop.drop group by id order by id") == [(1, 2), (2, 2), (3, 1)]


def test_several_tables_and_the_list_of_files(project):
    project.write("data/uploads/a.csv", "id\n1\n")
    source(project, resources=[{"name": "rows", "file_glob": "*.csv", "reader": "csv", "write_disposition": "merge",
                                "primary_key": "id"}, {"name": "files", "file_glob": "**"}])
    project.ok("sync", "drop")
    project.ok("sync", "drop")
    assert project.rows("select id from raw_drop.rows") == [(1,)]
    assert project.rows("select distinct file_name, mime_type, size_in_bytes from raw_drop.files") == \
        [("a.csv", "text/csv", 5)]


def test_what_a_contract_refuses_is_kept_and_told(project):
    contract = {"tables": "discard_row", "columns": "discard_row", "data_type": "discard_value"}
    source(project, resources=[{"name": "drop", "file_glob": "*.jsonl", "reader": "jsonl"}])
    project.write("data/uploads/a.jsonl", '{"id": 1, "items": [{"n": 1}]}\n')
    project.ok("sync", "drop")
    assert "rejected" not in project.ok("sync", "drop").out
    source(project, resources=[{"name": "drop", "file_glob": "*.jsonl", "reader": "jsonl",
                                "write_disposition": "replace", "schema_contract": contract}])
    lines = ["", '{"id": 2}', "", '{"id": 3,  "new": "\\u0041", "items": [{"n": 5}]}',
             '{"id": 4, "items": [{"n": 2}, {"n": "é", "deep": {"A b": 1.50}}]}', '{"id": "x",   "items": []}',
             '{"id": 5, "tags": ["\\uf0262.5", [true]], "t2": [{"a": [7]}]}']
    project.write("data/uploads/b.jsonl", "\n".join(lines))
    os.remove(project / "data/uploads/a.jsonl")
    said = project.ok("sync", "drop")
    (load, started), = project.rows("select load_id, inserted_at from raw_drop._dlt_loads order by 1 desc limit 1")
    assert "⚠ 5 rows and 2 values rejected by the schema contract" in said.out, said
    assert f"dango query \"from _dango_rejected_rows where load_id = '{load}'\"" in said.out, said
    assert project.rows("select id from raw_drop.drop order by 1") == [(2,), (4,), (5,), (None,)]
    assert project.rows("select n from raw_drop.drop__items") == [(2,)]
    b, is_new = "data/uploads/b.jsonl", "is new, and"
    assert project.rows("select * exclude (load_id, rejected_at) from _dango_rejected_rows") == [
        ("drop", "drop", "drop", b, 4, "new", "new", "A", f"column 'new' {is_new} columns are discard_row",
         '{"id":3,"new":"A","items":[{"n":5}]}'),
        ("drop", "drop", "drop__items", b, 5, "n", "n", "é", "a text is not the bigint of column 'n', and data_type "
         "is discard_value", '{"n":"é","deep":{"A b":1.5}}'),
        ("drop", "drop", "drop__items", b, 5, "deep__a_b", "A b", "1.5",
         f"column 'deep__a_b' {is_new} columns are discard_row", '{"n":"é","deep":{"A b":1.5}}'),
        ("drop", "drop", "drop", b, 6, "id", "id", "x", "a text is not the bigint of column 'id', and data_type is "
         "discard_value", '{"id":"x","items":[]}'),
        *(("drop", "drop", f"drop__{key}", b, 7, key, key, item, f"table 'drop__{key}' {is_new} tables are discard_row", item)
          for key, item in (("tags", "2.5"), ("tags", "[true]"), ("t2", '{"a":[7]}')))]
    assert project.rows("select distinct load_id from _dango_rejected_rows") == [(load,)]
    assert project.rows(f"select bool_and(rejected_at <= '{started}') from _dango_rejected_rows") == [(True,)]
    project.ok("source", "remove", "drop", "--delete-data", "--yes")
    assert project.rows("select count(*) from _dango_rejected_rows") == [(0,)]


@pytest.mark.parametrize("text, complaint", [
    ("id,name\n1,a\n2,b,c\n", "data/uploads/a.csv:3: expected 2 fields, found 3"),
    ('id,name\n1,"a\n2,b\n', "data/uploads/a.csv:2: a quote without its partner"),
])
def test_a_broken_file_is_told_with_its_line_and_leaves_the_old_rows(project, text, complaint):
    path = project.write("data/uploads/a.csv", "id,name\n1,a\n")
    source(project)
    project.ok("sync", "drop")
    path.write_text(text)
    assert complaint in failed(project)
    assert project.rows("select id, name from raw_drop.drop") == [(1, "a")]


def test_what_cannot_be_read_is_told(project):
    project.write("data/uploads/a.jsonl", '{"id": 1}\n{"id": }\n')
    source(project)
    assert "data/uploads/a.jsonl:2" in failed(project)
    source(project, bucket_url="s3://bucket/folder")
    assert "'s3://bucket/folder' is not a folder of this machine" in failed(project)
    source(project, bucket_url="data/none")
    assert "the folder 'data/none' of source 'drop' does not exist" in failed(project)
    source(project, resources=[{"name": "rows", "reader": "parquet"}])
    assert "there is no reader 'parquet'" in failed(project)
