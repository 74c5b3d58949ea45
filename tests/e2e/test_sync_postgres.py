"""PostgreSQL as a source, on a real server."""
import json
import random
import signal

import postgres_server
import postgres_types
import pytest

if postgres_server.find_programs() is None:
    pytest.skip("NOT TESTED: there is no PostgreSQL server here; run tools/setup test", allow_module_level=True)


@pytest.fixture(name="server", scope="module")
def _server():
    with postgres_server.run_server() as server:
        yield server


def source(project, server, **options):
    options = {"connection_string": server.url, **options}
    project.sources({"name": "shop", "type": "postgres", "postgres": options})


def test_types_become_what_dlt_makes_of_them(project, server):
    server.sql(postgres_types.script())
    expected = json.loads((postgres_types.FOLDER / "types.json").read_text())
    for level, columns in expected.items():
        source(project, server, table_names=["types"], reflection_level=level)
        project.ok("sync", "shop", "--full-refresh", "--no-dbt", input="y\n")
        assert postgres_types.result(project / project.warehouse) == columns


def writer(seed, transactions):
    """Short transactions, some of which take their time or their number long before they end."""
    draw = random.Random(seed)
    lines = []
    for _ in range(transactions):
        lines.append("begin;")
        if draw.random() < 0.3:
            lines.append("select now();")
        if draw.random() < 0.3:
            lines.append(f"select pg_sleep({draw.random() * 0.3:.3f});")
        if draw.random() < 0.3:
            lines.append("savepoint a;")
        lines.append(f"insert into logged (writer) values ({seed});")
        lines.append(f"insert into merged (writer) values ({seed});")
        if draw.random() < 0.2:
            lines.append("savepoint b; insert into logged (writer) values (-1); rollback to b;")
        if draw.random() < 0.5:
            lines.append(f"select pg_sleep({draw.random() * 0.15:.3f});")
        lines.append(f"update merged set at = now(), version = version + 1 where writer = {seed} and random() < 0.2;")
        lines.append(f"insert into logged (writer) values ({seed});")
        lines.append("rollback;" if draw.random() < 0.1 else "commit;")
    return "\n".join(lines)


def test_rows_that_are_committed_late_come_once(project, server):
    server.sql("""
        create table logged (id bigserial, at timestamptz default now(), writer int);
        create table merged (id bigserial primary key, at timestamptz default now(), writer int, version int default 0);
        insert into logged (writer) select 0 from generate_series(1, 100);
        insert into merged (writer) select 0 from generate_series(1, 100)""")
    source(project, server, incremental={"logged": {"cursor_column": "id"}, "merged": {"cursor_column": "at"}},
           table_names=["logged", "merged"])
    writers = [server.session(writer(seed, 25)) for seed in range(1, 7)]
    writers.append(server.session("""begin; insert into logged (writer) values (99); savepoint s;
        insert into logged (writer) values (99); insert into merged (writer) values (99);
        select pg_sleep(1.2); insert into merged (writer) values (99); commit;"""))
    writers.append(server.session("""begin; insert into logged (writer) values (98); select pg_sleep(0.5);
        prepare transaction 'p'; select pg_sleep(1); commit prepared 'p';"""))
    syncs = 0
    while any(process.poll() is None for process in writers):
        project.ok("sync", "shop", "--no-dbt")
        syncs += 1
    assert all(process.returncode == 0 for process in writers), [process.stderr.read() for process in writers]
    project.ok("sync", "shop", "--no-dbt")
    there = [int(row[0]) for row in server.sql("select id from logged order by id")]
    assert project.rows("select id from raw_shop.logged order by id") == [(number,) for number in there]
    there = [tuple(map(int, row)) for row in server.sql("select id, version from merged order by id")]
    assert project.rows("select id, version from raw_shop.merged order by id") == there
    assert syncs > 1


def failed(project, *args):
    result = project.run("sync", "shop", *args)
    assert result.code == 1, result
    said = " ".join((result.out + result.err).split())
    assert postgres_server.PASSWORD not in said and postgres_server.QUOTED not in said
    return said


def test_tables_are_read_as_they_are_and_in_one_state(project, server):
    server.sql("""
        create schema shop;
        create table shop."Order ""Items"" 1" ("order" int, "Line no" int, "select" text, primary key ("Line no", "order"));
        insert into shop."Order ""Items"" 1" values (1, 2, 'a');
        create table shop.months (month date, amount numeric(10,2)) partition by range (month);
        create table shop.january partition of shop.months for values from ('2024-01-01') to ('2024-02-01');
        create table shop.february partition of shop.months for values from ('2024-02-01') to ('2024-03-01');
        insert into shop.months values ('2024-01-05', 1), ('2024-02-05', 2);
        create table shop.empty (a int); create table shop.nothing ();
        create table shop.one (amount int); create table shop.two (amount int);
        insert into shop.one values (1000000); insert into shop.two values (0);
        create view shop.sums as select sum(amount) total from shop.months;
        create materialized view shop.kept as select 7 seven""")
    moving = server.session("update shop.one set amount = amount - 1; update shop.two set amount = amount + 1;"
                            .join(["begin;", "commit;"]) * 500)
    source(project, server, schema="shop", parallel=4, include_views=True,
           hints={"january": {"excluded_columns": ["amount"]}})
    project.ok("sync", "shop", "--no-dbt")
    assert moving.wait() == 0
    assert project.rows("select * exclude (_dlt_id, _dlt_load_id) from raw_shop.order_items_1") == [(1, 2, "a")]
    assert project.rows("select count(*) from raw_shop.months") == [(2,)]
    assert project.rows("select month::varchar from raw_shop.january") == [("2024-01-05",)]
    assert project.rows("select total::int from raw_shop.sums") == [(3,)]
    assert project.rows("select seven from raw_shop.kept") == [(7,)]
    assert project.rows("select amount from raw_shop.february") == [(2,)]
    assert project.rows("select (from raw_shop.one select amount) + (from raw_shop.two select amount)") == [(1000000,)]


def test_what_dlt_cannot_load_is_loaded_or_told(project, server):
    server.sql("""
        create table odd (id int, at timetz, ago interval, big numeric(5,-2), small numeric(2,5), price money[]);
        insert into odd values (1, '12:00:01.5+02', '1 year 2 mons 3 days 04:05:06.7', 12345, 0.00012, '{1.5}');
        create table wrong (id int primary key, amount numeric, day date); insert into wrong values (1, 1, '2024-01-01')""")
    source(project, server, table_names=["odd", "wrong"])
    project.ok("sync", "shop", "--no-dbt")
    assert project.rows('select "at"::varchar, ago, big::int, small::varchar, price from raw_shop.odd') == \
        [("12:00:01.5", "1 year 2 mons 3 days 04:05:06.7", 12300, ".00012", '["$1.50"]')]
    for change, expected in (
            ("amount = 'NaN'", "column 'amount', row 1: NaN is no decimal"),
            ("amount = 1e40", "column 'amount', row 1: the number has more than 38 digits"),
            ("amount = 1, day = '20000-01-01'", "column 'day', row 1: it is not within the years 1 to 9999")):
        server.sql(f"update wrong set {change}")
        said = failed(project)
        assert f"table 'wrong': {expected}" in said and "excluded_columns" in said
        assert project.rows("select amount::int, day::varchar from raw_shop.wrong") == [(1, "2024-01-01")]


def test_failures_are_told_without_the_password_and_leave_the_old_rows(project, server):
    server.sql("""create table safe (id int); insert into safe values (1);
        create table closed (id int); create role bob login password 'b0b'; revoke all on closed from bob;
        create view slow as select id from safe, lateral (select pg_sleep(id)) s where id > 1""")
    source(project, server, table_names=["safe", "slow"])
    project.ok("sync", "shop", "--no-dbt")
    source(project, server, connection_string=server.url.replace("ann:", "ann:x"))
    said = failed(project)
    assert 'AuthenticationError: PostgreSQL:' in said and 'FATAL: password authentication failed for user "ann"' in said
    assert "LOCATION" not in said and "check user and password" in said
    source(project, server, connection_string=server.url.replace("/postgres", "/none"))
    assert 'ConfigError: PostgreSQL:' in failed(project)
    source(project, server, connection_string=server.url.replace(f":{server.port}", f":{postgres_server.free_port()}"))
    assert "ConnectionError: PostgreSQL:" in failed(project)
    source(project, server, connection_string=server.url.replace("@127", "@@127"))
    assert "more than one @" in failed(project)
    source(project, server, table_names=["saf"])
    assert "the database has no table 'saf'" in failed(project) and "did you mean 'safe'?" in failed(project)
    source(project, server, schema="publik")
    assert "the database has no schema 'publik'" in failed(project)
    source(project, server, table_names=["closed"],
           connection_string=server.url.replace(f"ann:{postgres_server.QUOTED}", "bob:b0b"))
    assert "permission denied for table closed" in failed(project)
    server.sql("insert into safe values (60)")
    source(project, server, table_names=["safe", "slow"])
    running = project.start("sync", "shop", "--no-dbt")
    while not server.sql("select 1 from pg_stat_activity where query like 'copy%slow%' and application_name = 'dango'"):
        assert running.poll() is None, running.communicate()
    server.stop(signal.SIGQUIT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 1 and "ConnectionError: table 'slow': PostgreSQL:" in out + err, out + err
    assert project.rows("select id from raw_shop.safe") == [(1,)]
    server.start()
    server.sql("delete from safe where id = 60")
    project.ok("sync", "shop", "--no-dbt")
