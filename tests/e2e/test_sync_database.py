"""Databases as sources: SQLite, whole and what is new."""
import sqlite3

TABLES = """
create table customers (id integer primary key, name varchar(20) not null, born date);
create table orders (id integer primary key, customer integer, amount numeric(10,2), updated_at timestamp);
create view big as select * from orders where amount > 10;
insert into customers values (1, 'Ann', '1990-01-02'), (2, 'Bob', null);
insert into orders values (1, 1, 5.5, '2024-01-01 10:00:00'), (2, 1, 12.25, '2024-01-02 10:00:00');
"""


def database(project, script):
    project.write("data/.keep", "")
    with sqlite3.connect(project / "data/shop.db") as handle:
        handle.executescript(script)


def source(project, **options):
    project.sources({"name": "shop", "type": "sqlite", "sqlite": {"connection_string": "data/shop.db", **options}})


def failed(project):
    result = project.run("sync", "shop")
    assert result.code == 1, result
    return " ".join((result.out + result.err).split())


def test_all_tables_come_whole_each_time(project):
    database(project, TABLES)
    source(project)
    project.ok("sync", "shop")
    assert project.rows("select id, name, born::varchar from raw_shop.customers order by 1") == \
        [(1, "Ann", "1990-01-02"), (2, "Bob", None)]
    database(project, "delete from customers where id = 1")
    project.ok("sync", "shop")
    assert project.rows("select id from raw_shop.customers") == [(2,)]
    assert project.rows("select count(*) from information_schema.tables where table_name = 'big'") == [(0,)]


def test_with_a_cursor_only_new_rows_come_and_replace_their_older_versions(project):
    database(project, TABLES)
    source(project, incremental={"cursor_column": "updated_at", "initial_value": "2024-01-02"})
    project.ok("sync", "shop")
    assert project.rows("select id from raw_shop.orders") == [(2,)]
    database(project, """update orders set amount = 99, updated_at = '2024-01-05 00:00:00' where id = 2;
        insert into orders values (3, 2, 1, '2024-01-04 00:00:00'), (4, 2, 1, '2023-01-04 00:00:00')""")
    project.ok("sync", "shop")
    assert project.rows("select id, amount::varchar from raw_shop.orders order by 1") == [(2, "99.00"), (3, "1.00")]
    assert project.rows("select count(*) from raw_shop.customers") == [(2,)]


def test_what_cannot_be_loaded_is_told_and_leaves_the_old_rows(project):
    database(project, TABLES)
    source(project)
    project.ok("sync", "shop")
    database(project, "insert into customers values (3, 'Cid', 'soon')")
    said = failed(project)
    assert "column 'born' is declared as date, but holds 'soon', which is no date" in said
    assert project.rows("select count(*) from raw_shop.customers") == [(2,)]
    source(project, table_names=["customer"])
    said = failed(project)
    assert "the database has no table 'customer'" in said and "did you mean 'customers'?" in said
    source(project, connection_string="data/none.db")
    assert "there is no SQLite database" in failed(project)
