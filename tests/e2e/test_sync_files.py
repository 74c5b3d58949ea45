"""What comes out of files: the same as plain DuckDB reads from them, whatever they look like."""
import datetime
import gzip
import json

import duckdb
import pytest
import zstandard

DAY = datetime.date(2024, 1, 2)
OWN = ("_dlt_load_id, _dlt_id, _dlt_extracted_at, _dango_filename, _dango_file_mtime, _dango_loaded_at, "
       "_dango_deleted")


def one_file(project, name, data, **options):
    """Loads one file and gives the rows of its table without the bookkeeping."""
    project.write(f"data/in/{name}", data)
    project.sources({"name": "t", "type": "local_files",
                     "local_files": {"file_path": f"data/in/{name}", **options}})
    project.ok("sync", "t")
    return project.rows(f"select * exclude ({OWN}) from raw.t order by all")


def columns(project):
    return project.rows("select column_name, data_type from duckdb_columns() where schema_name = 'raw_t' and "
                        "table_name = 't' and not starts_with(column_name, '_d') order by column_index")


MIXED = """select i as id, 'name ' || (i % 97) as name, i / 8 as amount, i % 3 = 0 as flag,
    date '2020-01-01' + (i % 700)::int as day, timestamp '2024-01-01' + to_seconds(i) as at
    from range(50000) t(i)"""


@pytest.mark.parametrize("name, writer", [
    ("m.csv", "(header)"), ("m.csv.gz", "(header, compression gzip)"), ("m.csv.zst", "(header, compression zstd)"),
    ("m.tsv", "(header, delim '\t')"), ("m.jsonl", "(format json)"), ("m.ndjson.gz", "(format json, compression gzip)"),
    ("m.json", "(format json, array true)"), ("m.parquet", "(format parquet)"),
])
def test_a_table_equals_what_plain_duckdb_reads(project, name, writer):
    path = project / "data/in" / name
    path.parent.mkdir(parents=True)
    plain = duckdb.connect()
    plain.execute(f"copy ({MIXED}) to '{path}' {writer}")
    project.sources({"name": "t", "type": "local_files", "local_files": {"directory": "data/in"}})
    assert "Loaded 50,000 rows" in project.ok("sync", "t").out
    checks = "count(*), sum(id), sum(amount), count(distinct name), sum(hash(id, name, amount, flag, day, \"at\"))"
    expected = plain.execute(f"select {checks} from ({MIXED})").fetchall()
    assert project.rows(f"select {checks} from raw.t") == expected
    assert columns(project) == [("id", "BIGINT"), ("name", "VARCHAR"), ("amount", "DOUBLE"), ("flag", "BOOLEAN"),
                                ("day", "DATE"), ("at", "TIMESTAMP")]


@pytest.mark.parametrize("pack, ending", [(gzip.compress, "gz"), (zstandard.compress, "zst")])
def test_a_packed_parquet_file_is_unpacked(project, pack, ending):
    plain = duckdb.connect()
    plain.execute(f"copy (select 1 as a) to '{project / 'p.parquet'}'")
    assert one_file(project, f"p.parquet.{ending}", pack((project / "p.parquet").read_bytes())) == [(1,)]
    assert not list((project / ".dango/state").rglob("*parquet*"))


@pytest.mark.parametrize("encoding, option", [
    ("utf-8-sig", None), ("utf-16", None), ("utf-16-le", "utf-16"), ("utf-16-be", "utf-16"), ("latin-1", "latin-1"),
])
def test_encodings(project, encoding, option):
    rows = one_file(project, "e.csv", "Größe,n\nzwölf,1\nfünf,2\n".encode(encoding),
                    **({"encoding": option} if option else {}))
    assert rows == [("fünf", 2), ("zwölf", 1)]
    assert columns(project)[0][0] == "gro_e" if encoding == "?" else columns(project)[1][0] == "n"


def test_utf_16_with_its_bytes_the_other_way_round_and_packed(project):
    data = gzip.compress(b"\xfe\xff" + "a;b\nä;1\n".encode("utf-16-be"))
    assert one_file(project, "e.csv.gz", data) == [("ä", 1)]


@pytest.mark.parametrize("text, expected", [
    ("a;b\n1;x,y\n2;z\n", [(1, "x,y"), (2, "z")]),
    ("a|b\n1|x\n", [(1, "x")]),
    ("a\tb\n1\tx y\n", [(1, "x y")]),
    ('a,b\n1,"x, ""y""\nz"\n', [(1, 'x, "y"\nz')]),
    ("a,b\r\n1,x\r\n\r\n2,y\r\n", [(1, "x"), (2, "y")]),
    ("only\nx\ny\n", [("x",), ("y",)]),
    ("1,x\n2,y\n", [(1, "x"), (2, "y")]),          # no header
    ("a,b\n1,x", [(1, "x")]),                       # no final line break
    ("a,b,\n1,x,\n", [(1, "x", None)]),             # a delimiter at the end of each line
    ("id,when\n007,2024-01-02\n", [("007", DAY)]),
])
def test_csv_dialects(project, text, expected):
    assert one_file(project, "d.csv", text) == expected


def test_options_of_the_entry_are_obeyed(project):
    assert one_file(project, "o.csv", "1:x\n2:y\n", delimiter=":", header=False) == [(1, "x"), (2, "y")]


def test_dates_in_a_format_of_their_own(project):
    assert one_file(project, "p.csv", "day,n\n31.12.2024,1\n01.02.2024,2\n", date_format="%d.%m.%Y")[0][0].isoformat() \
        == "2024-02-01"


def test_a_value_behind_the_sample_makes_the_column_text(project):
    many = "".join(f"{i},x\n" for i in range(60000))
    rows = one_file(project, "late.csv", f"id,v\n{many}n/a,y\n")
    assert len(rows) == 60001 and columns(project)[0] == ("id", "VARCHAR")
    rows = one_file(project, "late2.csv", f"id,v\n{many}1.5,y\n")
    assert columns(project)[0][1] in ("DOUBLE", "VARCHAR") and len(rows) == 60001


def test_a_key_behind_the_sample_is_not_lost(project):
    lines = [json.dumps({"a": i}) for i in range(30000)] + [json.dumps({"a": 1, "b": "late"})]
    rows = one_file(project, "k.jsonl", "\n".join(lines) + "\n")
    assert ("late",) in [row[1:] for row in rows]


def test_nested_values_stay_nested(project):
    rows = one_file(project, "n.json", json.dumps([{"Id": 1, "addressOf": {"City": "X"}, "tags": ["a", "b"]}]))
    assert rows == [(1, {"City": "X"}, ["a", "b"])]
    assert [name for name, _ in columns(project)] == ["id", "address_of", "tags"]


def test_a_folder_of_many_formats_and_patterns(project):
    project.write("data/in/a.csv", "id\n1\n")
    project.write("data/in/b.jsonl", '{"id": 2}\n')
    project.write("data/in/deep/er/c.csv", "id\n3\n")
    project.write("data/in/readme.md", "no data")
    project.write("data/in/.hidden.csv", "id\n9\n")
    entry = {"name": "t", "type": "local_files", "local_files": {"directory": "data/in"}}
    project.sources(entry)
    out = project.ok("sync", "t").out
    assert "⚠ data/in/readme.md: not a CSV, JSON or Parquet file by its name; skipping it" in out
    assert project.rows("select id from raw.t order by 1") == [(1,), (2,)]
    project.sources({**entry, "local_files": {"directory": "data/in", "file_pattern": "**/*.csv"}})
    project.ok("sync", "t", "--full-refresh", "--yes")
    assert project.rows("select id, _dango_filename from raw.t order by 1") == [
        (1, "data/in/a.csv"), (3, "data/in/deep/er/c.csv")]


def test_files_without_rows_are_passed_over(project):
    project.write("data/in/a.csv", "")
    project.write("data/in/b.csv", "id,name\n")
    project.write("data/in/c.csv", "id,name\n1,x\n")
    project.write("data/in/d.json", "[]")
    project.sources({"name": "t", "type": "local_files", "local_files": {"directory": "data/in"}})
    assert "Loaded 1 row\n" in project.ok("sync", "t").out
    assert project.rows("select id, name from raw.t") == [(1, "x")]
    assert columns(project) == [("id", "BIGINT"), ("name", "VARCHAR")]


def test_no_files_at_all(project):
    (project / "data/in").mkdir()
    project.sources({"name": "t", "type": "csv", "csv": {"directory": "data/in"}})
    out = project.ok("sync", "t").out
    assert "No files found to load" in out and "✓ Sync complete (0 rows" in out


def test_an_unknown_key_is_told_and_passed_over(project):
    project.write("data/in/a.csv", "id\n1\n")
    project.sources({"name": "t", "type": "csv", "csv": {"directory": "data/in", "file_patern": "*"}})
    out = project.ok("sync", "t").out
    assert "unknown key 'file_patern'" in out and "→ did you mean 'file_pattern'?" in out
