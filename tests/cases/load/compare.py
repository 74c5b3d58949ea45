#!/usr/bin/env python3
"""compare.py WAREHOUSE.duckdb CASE [--dataset NAME] [--skip PART,...] [--replace FROM=TO] [--max N]

Compares what a program left in a DuckDB file with CASE/expected (README.md here describes both). Prints "equal"
(exit 0) or the first differences (exit 1). Parts: tables, rows, schema, version, state, loads.
"""
import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from warehouse import Books, RowForm, Warehouse, without  # noqa: E402

SHOWN = 300  # characters of a value


class Differences:
    """The first `limit` differences as lines, and how many there are."""

    def __init__(self, limit):
        self.limit = limit
        self.count = 0
        self.lines = []

    def add(self, text):
        self.count += 1
        if self.count <= self.limit:
            self.lines.append(text)


def shown(value):
    return json.dumps(value, ensure_ascii=False)[:SHOWN]


def compare_documents(differences, path, want, got):
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted({*want, *got}):
            if key not in got:
                differences.add(f"{path}.{key}: missing, expected {shown(want[key])}")
            elif key not in want:
                differences.add(f"{path}.{key}: not expected, got {shown(got[key])}")
            else:
                compare_documents(differences, f"{path}.{key}", want[key], got[key])
        if path.endswith(".columns") and set(want) == set(got) and list(want) != list(got):
            differences.add(f"{path}: order {list(got)}, expected {list(want)}")
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, pair in enumerate(zip(want, got)):
            compare_documents(differences, f"{path}[{index}]", *pair)
    elif type(want) is not type(got) or want != got:
        differences.add(f"{path}: {shown(got)}, expected {shown(want)}")


def compare_columns(differences, table, want, got):
    wanted, found = ({column[0]: column for column in columns} for columns in (want, got))
    for name, column in wanted.items():
        if name not in found:
            differences.add(f"table {table}: column {name} missing")
        elif found[name] != column:
            differences.add(f"table {table}: column {found[name]}, expected {column}")
    for name in found.keys() - wanted.keys():
        differences.add(f"table {table}: column {name} not expected")
    if list(wanted) != list(found) and set(wanted) == set(found):
        differences.add(f"table {table}: column order {list(found)}, expected {list(wanted)}")


def compare_tables(differences, warehouse, tables):
    for name in sorted({*tables, *warehouse.data_tables()}):
        if name not in warehouse.columns:
            differences.add(f"table {name}: missing")
        elif name not in tables:
            differences.add(f"table {name}: not expected")
        else:
            compare_columns(differences, name, tables[name]["columns"], warehouse.columns[name])


def compare_row(differences, place, want, got):
    if want is None or got is None:
        differences.add(f"{place}: got {shown(got)}, expected {shown(want)}")
        return
    unequal = [key for key in {**want, **got} if want.get(key, "absent") != got.get(key, "absent")]
    if unequal:
        differences.add(f"{place}: " + "; ".join(
            f"{key} = {shown(got.get(key, 'absent'))}, expected {shown(want.get(key, 'absent'))}" for key in unequal))


def compare_rows(differences, warehouse, tables, expected):
    present = {name: info for name, info in tables.items() if name in warehouse.columns}
    for name, got in sorted(RowForm(warehouse, present).result.items()):
        with open(os.path.join(expected, name + ".jsonl"), encoding="utf-8") as text:
            want = [json.loads(line) for line in text]
        if len(want) != len(got):
            differences.add(f"rows of {name}: {len(got)}, expected {len(want)}")
        for number in range(max(len(want), len(got))):
            compare_row(differences, f"row {number + 1} of {name}",
                        want[number] if number < len(want) else None, got[number] if number < len(got) else None)


def compare_books(differences, warehouse, skip, want, want_schemas):
    books = Books(warehouse)
    for text in books.broken:
        differences.add(text)
    version = ("version", "version_hash") if "version" in skip else ()
    loads = [[without(load, ("schema_version",) if version else ()) for load in one]
             for one in (want["loads"], books.loads)]
    for part, pair in (("loads", loads), ("version", (want["versions"], books.versions)),
                       ("state", (want["state"], books.state))):
        if part not in skip:
            compare_documents(differences, part, *pair)
    if "schema" in skip:
        return
    for name, document in want_schemas.items():
        if name not in books.schemas:
            differences.add(f"schema {name}: not stored")
            continue
        compare_documents(differences, f"schema {name}", *(
            without(one, ("previous_hashes", *version)) for one in (document, books.schemas[name])))


def read_expected(expected, name):
    with open(os.path.join(expected, name), encoding="utf-8") as text:
        return json.load(text)


def compare(path, case, dataset, skip=(), replace=(), limit=20):
    """Differences between a warehouse file and a case's expected results."""
    expected = os.path.join(case, "expected")
    tables = read_expected(expected, "tables.json")
    differences = Differences(limit)
    if not os.path.exists(path):
        if tables:
            differences.add("the warehouse file does not exist")
        return differences
    with Warehouse(path, dataset, replace) as warehouse:
        if "tables" not in skip:
            compare_tables(differences, warehouse, tables)
        if "rows" not in skip:
            compare_rows(differences, warehouse, tables, expected)
        compare_books(differences, warehouse, skip, read_expected(expected, "dlt.json"),
                      read_expected(expected, "schema.json"))
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("warehouse")
    parser.add_argument("case")
    parser.add_argument("--dataset", default="raw")
    parser.add_argument("--skip", default="", help="parts, separated by commas")
    parser.add_argument("--replace", action="append", default=[], metavar="FROM=TO")
    parser.add_argument("--max", type=int, default=20)
    options = parser.parse_args()
    differences = compare(options.warehouse, options.case, options.dataset, set(options.skip.split(",")),
                          [tuple(pair.split("=", 1)) for pair in options.replace], options.max)
    if differences.count == 0:
        print("equal")
        return 0
    print("\n".join(differences.lines))
    if differences.count > len(differences.lines):
        print(f"... {differences.count - len(differences.lines)} more")
    return 1


if __name__ == "__main__":
    sys.exit(main())
