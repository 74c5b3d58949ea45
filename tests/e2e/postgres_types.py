"""The table that tests/cases/postgres/types.txt describes, and what became of it in a warehouse."""
import json
import pathlib
import re

import duckdb

FOLDER = pathlib.Path(__file__).parents[1] / "cases/postgres"
OWN_TYPES = """
    create extension if not exists citext; create extension if not exists hstore;
    create type mood as enum ('sad', 'ok', 'really happy');
    create type pair as (a int, b text);
    create domain posint as int check (value > 0);
    create domain price as numeric(10,2);
    create domain deep as price;
"""


def script():
    """The statements that make the table."""
    columns, first, last = ["id int primary key"], ["1"], ["3"]
    for line in (FOLDER / "types.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            kind, one, three = (part.strip() for part in line.split(" | "))
            name = re.sub(r"\W+", "_", kind.replace("[]", " list")).strip("_") + f"_{len(columns)}"
            columns.append(f"{name} {kind}")
            first.append(one)
            last.append(three)
    columns.append("twice int generated always as (id * 2) stored")
    return (f"set datestyle = iso; {OWN_TYPES} create table types ({', '.join(columns)});"
            f"insert into types values ({', '.join(first)}, default);"
            f"insert into types (id) values (2);"
            f"insert into types values ({', '.join(last)}, default)")


def result(path):
    """Each column: its type, whether it may be NULL, its values as texts, what the schema says of it."""
    with duckdb.connect(str(path), read_only=True) as warehouse:
        warehouse.execute("set timezone = 'UTC'")
        columns = warehouse.execute(
            "select column_name, data_type, is_nullable from information_schema.columns"
            " where table_schema = 'raw_shop' and table_name = 'types' order by ordinal_position").fetchall()
        text = warehouse.execute("select schema from raw_shop._dlt_version order by version desc limit 1").fetchone()
        hints = json.loads(text[0])["tables"]["types"]["columns"]
        made = []
        for name, *facts in columns:
            if not name.startswith("_dlt"):
                values = warehouse.execute(f'select "{name}"::varchar from raw_shop.types order by id').fetchall()
                made.append([name, *facts, [value for value, in values], hints[name]])
        return made
