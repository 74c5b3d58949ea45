"""Files and entries that are wrong: each error names the place, the value and the cure, in few lines, and leaves the
warehouse as it was."""
import gzip
import os

import pytest

GOOD = "id,name,x\n" + "1,a,2\n" * 30000


def fails(project, name, data, *parts, **options):
    project.write("data/in/" + name, data) if data is not None else None
    entry = {"name": "t", "type": "local_files", "local_files": {"file_path": f"data/in/{name}", **options}}
    fails_with(project, entry, *parts)


def fails_with(project, entry, *parts):
    project.sources(project.csv("other", "id\n1\n"), entry)
    project.ok("sync", "other")
    before = project.rows("select table_schema, table_name from information_schema.tables order by all")
    result = project.run("sync", "t")
    assert result.code == 1, result
    for part in parts:
        assert part in result.out, result
    told = result.out[result.out.index("✗ Sync failed for t"):]
    assert len(told.splitlines()) <= 10 and max(map(len, told.splitlines())) < 400
    assert project.rows("select table_schema, table_name from information_schema.tables order by all") == before


@pytest.mark.parametrize("name, data, parts", [
    ("ragged.csv", "id,name,x\n1,a,2\n2,b\n3,c,4\n", [
        "DataValidationError: data/in/ragged.csv:3: expected 3 columns, found 2: '2,b'"]),
    ("long.csv", "id,name,x\n1,a,2\n2,b,3,9,9\n3,c,4\n", ["long.csv:3: expected 3 columns, found 5: '2,b,3,9,9'"]),
    ("late.csv", GOOD * 9 + "5,e\n" + "1,a,2\n" * 9, ["late.csv:270010: expected 3 columns, found 2: '5,e'"]),
    ("quote.csv", 'id,name\n1,"a\n2,b\n', ["quote.csv:2: expected a closing quote before the next delimiter: '1,\"a'"]),
    ("quote2.csv", 'id,name\n1,"a" b\n2,b\n', ["quote2.csv:2: expected a closing quote"]),
    ("latequote.csv", GOOD * 9 + '5,"d x,7\n' + "1,a,2\n" * 9, ["latequote.csv:270010: expected a closing quote"]),
    ("latin.csv", "id,name\n1,zwölf\n".encode("latin-1"), [
        "latin.csv:2: expected UTF-8 text, found the byte 0xF6", "→", "encoding: latin-1"]),
    ("latelatin.csv", (GOOD * 9 + "1,zwölf,2\n").encode("latin-1"), ["latelatin.csv:270010: expected UTF-8 text"]),
    ("nul.csv", b"id,name\n1,a\x00b\n", ["nul.csv:2: expected text, found a NUL byte"]),
    ("latenul.csv", GOOD.encode() * 9 + b"5,\x00,1\n" + b"1,a,2\n" * 9, [
        "latenul.csv:270010: expected text, found a NUL byte", "→"]),
    ("binary.csv", bytes(range(256)) * 20, ["binary.csv:"]),
    ("same.csv", "id,Id,x\n1,2,3\n", ["same.csv: the columns 'id' and 'Id' would both be called 'id'"]),
    ("bad.jsonl", '{"a":1}\n{"a":2\n{"a":3}\n', ["DataValidationError: data/in/bad.jsonl", "expected JSON, but at byte"]),
    ("bad.json", '[{"a":1},{"a":}]', ["bad.json: expected JSON, but at byte"]),
    ("text.json", "hello", ["text.json", "JSON"]),
    ("no.parquet", "PAR1", ["no.parquet:", "Parquet"]),
    ("no.csv.gz", "id\n1\n", ["no.csv.gz: expected gzip data", "no gzip header"]),
    ("no.csv.zst", "id\n1\n", ["no.csv.zst: expected zstd data"]),
    ("cut.parquet.gz", gzip.compress(os.urandom(100000))[:5000], ["cut.parquet.gz: the gzip data is damaged or cut off"]),
], ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "")
def test_files_that_cannot_be_read(project, name, data, parts):
    fails(project, name, data, *parts)


def test_a_line_of_a_gigabyte_is_beyond_the_ceiling(project):
    path = project.write("data/in/huge.csv", "id,name\n1,")
    with open(path, "ab") as file:
        for _ in range(1024):
            file.write(b"x" * (1 << 20))
    fails(project, "huge.csv", None, "huge.csv:", "expected a line of at most 16 MiB")


def test_a_missing_file_and_a_directory_in_its_place(project):
    fails(project, "none.csv", None, "ConfigError: ", ".dango/sources.yml:", "'data/in/none.csv'", "does not exist")
    (project / "data/in/dir.csv").mkdir(parents=True)
    fails(project, "dir.csv", None, "is a directory, not a file", "→ use 'directory'")


def test_a_link_loop(project):
    (project / "data/in").mkdir()
    os.symlink("b.csv", project / "data/in/a.csv")
    os.symlink("a.csv", project / "data/in/b.csv")
    fails(project, "a.csv", None, "FileError: ", "a.csv", "Too many levels of symbolic links")


def test_a_folder_that_contains_itself_is_walked_once(project):
    project.write("data/in/a.csv", "id\n1\n")
    os.symlink(".", project / "data/in/self")
    project.sources({"name": "t", "type": "csv", "csv": {"directory": "data/in", "file_pattern": "**/*.csv"}})
    project.ok("sync", "t")
    assert project.rows("select count(*) from raw.t") == [(1,)]


def test_a_path_out_of_the_project(project):
    entry = {"name": "t", "type": "csv", "csv": {"directory": "../../etc"}}
    fails_with(project, entry, "ConfigError: ", "'../../etc'", "project")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(project):
    project.write("data/in/secret.csv", "id\n1\n").chmod(0)
    fails(project, "secret.csv", None, "FileError: ", "secret.csv", "Permission denied")


@pytest.mark.parametrize("options, parts", [
    ({"delimiter": "ab"}, ["'delimiter' of source 't' must be one character"]),
    ({"encoding": "utf-61"}, ["'encoding' must be one of utf-8", "not 'utf-61'", "did you mean 'utf-16'?"]),
    ({"header": "maybe"}, ["'header' must be true or false"]),
    ({"directory": "data/in"}, ["'file_path' of source 't' and 'directory' exclude each other"]),
    ({"file_path": 5}, ["'file_path' must be"]),
])
def test_options_that_are_wrong(project, options, parts):
    fails(project, "a.csv", "id\n1\n", ".dango/sources.yml:", *parts, **options)


def test_a_directory_that_is_not_there(project):
    fails_with(project, {"name": "t", "type": "csv", "csv": {"directory": "data/nothing"}},
               "the directory 'data/nothing' of source 't' does not exist")
