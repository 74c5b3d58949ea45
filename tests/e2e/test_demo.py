"""The example project on its real files: what Dango loads and builds equals what plain DuckDB computes
from the same files, table by table."""
import os
import shutil
import subprocess

import duckdb
import pytest

from conftest import PROGRAM, ROOT, Project

DATA = ROOT / "build/deps/vega"
FILES = ("flights-3m.parquet", "airports.csv", "seattle-weather.csv", "sp500-2000.csv", "movies.json")

# The tables, each as one statement on the files alone.
EXPECTED = {
    "raw_flights.flights": "from read_parquet('{data}/flights-3m.parquet')",
    "raw_airports.airports": "from read_csv('{data}/airports.csv', sample_size=-1)",
    "raw_weather.weather": "from read_csv('{data}/seattle-weather.csv', sample_size=-1)",
    "raw_sp500.sp500": "from read_csv('{data}/sp500-2000.csv', sample_size=-1)",
    "staging.stg_flights": "from read_parquet('{data}/flights-3m.parquet')",
    "staging.stg_airports": "from read_csv('{data}/airports.csv', sample_size=-1)",
    "marts.fct_delays_by_airport": """
        select origin, coalesce(city || ', ' || state, origin) as origin_place, count(*) as flights,
            round(avg(delay), 2) as average_delay, quantile_cont(delay, 0.9) as delay_of_the_worst_tenth,
            round(100.0 * count(*) filter (where delay >= 15) / count(*), 1) as percent_late
        from read_parquet('{data}/flights-3m.parquet') left join read_csv('{data}/airports.csv') on iata = origin
        group by all""",
    "marts.fct_delays_by_hour": """
        select hour(date) as departure_hour, count(*) as flights, round(avg(delay), 2) as average_delay,
            round(100.0 * count(*) filter (where delay >= 15) / count(*), 1) as percent_late
        from read_parquet('{data}/flights-3m.parquet') group by all""",
    "marts.fct_delays_by_airport_and_hour": """
        with flights as (from read_parquet('{data}/flights-3m.parquet')),
        busy as (select origin from flights group by origin having count(*) >= 1000)
        select origin, hour(date) as departure_hour, count(*) as flights, round(avg(delay), 2) as average_delay,
            round(100.0 * count(*) filter (where delay >= 15) / count(*), 1) as percent_late
        from flights semi join busy using (origin) group by all""",
    "marts.fct_weather_by_month": """
        select date_trunc('month', date)::date as month, round(sum(precipitation), 1) as precipitation_mm,
            round(avg(temp_max), 1) as average_high,
            count(*) filter (where weather = 'drizzle') as days_of_drizzle,
            count(*) filter (where weather = 'fog') as days_of_fog,
            count(*) filter (where weather = 'rain') as days_of_rain,
            count(*) filter (where weather = 'snow') as days_of_snow,
            count(*) filter (where weather = 'sun') as days_of_sun
        from read_csv('{data}/seattle-weather.csv') group by all""",
    "marts.dim_genres": """
        select coalesce("Major Genre", 'Not given') as genre, count(*) as films,
            round(avg("IMDB Rating"), 2) as average_rating, sum("Worldwide Gross") as worldwide_gross
        from read_json('{data}/movies.json') group by all""",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The example, synced, generated, built and tested."""
    if not all((DATA / name).is_file() for name in FILES):
        pytest.fail("the demo's files are missing: run tools/setup demo")
    root = tmp_path_factory.mktemp("demo") / "flights"
    shutil.copytree(ROOT / "examples/flights", root)
    (root / "data/uploads").mkdir(parents=True)
    for name in FILES:
        os.link(DATA / name, root / "data/uploads" / name) if os.stat(DATA).st_dev == os.stat(root).st_dev \
            else shutil.copy(DATA / name, root / "data/uploads")
    made = Project(root)
    for words in (["sync"], ["test"]):
        made.ok(*words, timeout=280)
    return made


def fingerprint(connection, query):
    """Rows, and an order-free hash over all values as text."""
    columns = [row[0] for row in connection.execute(f"describe {query}").fetchall()]
    shown = [name for name in columns if not name.startswith(("_dlt_", "_dango_"))]
    values = ", ".join(f'"{name}"::varchar' for name in shown)
    sql = f"select count(*), sum(hash(row({values}))::hugeint) from ({query})"
    return shown, connection.execute(sql).fetchone()


@pytest.mark.parametrize("table", EXPECTED)
def test_a_table_equals_what_duckdb_computes(demo, table):
    with duckdb.connect(str(demo / "data/warehouse.duckdb"), read_only=True) as connection:
        ours = fingerprint(connection, f"from {table}")
        theirs = fingerprint(connection, EXPECTED[table].format(data=DATA))
    assert ours == theirs


def test_every_film_is_there_with_normalised_names(demo):
    (count, gross), = demo.rows("select count(*), sum(us_gross) from staging.stg_movies")
    expected = duckdb.execute(f"""select count(*), sum("US Gross") from read_json('{DATA}/movies.json')""").fetchone()
    assert (count, gross) == expected


def test_a_second_sync_finds_nothing_new_and_changes_nothing(demo):
    before = demo.rows("select count(*) from raw_flights.flights")
    result = demo.ok("sync")
    assert result.out.count("Loaded 0 rows") == len(FILES) - 3  # directories; a file_path is read anew
    assert demo.rows("select count(*) from raw_flights.flights") == before


def test_it_works_without_a_network(demo):
    """In a network namespace with nothing in it, not even a loopback that is up."""
    probe = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        pytest.skip("this machine gives no network namespaces")
    for words in (["sync"], ["generate"], ["run", "--select", "fct_delays_by_hour"], ["test"],
                  ["query", "select 1"], ["source", "list"], ["db", "status"]):
        done = subprocess.run(["unshare", "-rn", str(PROGRAM), *words], cwd=demo.directory, env=demo.env,
                              capture_output=True, text=True, timeout=280, check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
