"""Projects to measure with, the same ones every time."""
import pathlib
import random

PROFILE = "bench:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: bench.duckdb, threads: 4}\n"
LAYERS = 4
MODELS_PER_FILE = 20  # described together in a property file


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def model_sql(layer, number, parents):
    if layer == 0:
        return (f"{{{{ config(tags=['t{number % 7}']) }}}}\n"
                f"select {number} as id, 'l0_m{number}' as name, {number % 13} as grp\n")
    sources = ",\n".join(f"s{i} as (select * from {{{{ ref('{p}') }}}})" for i, p in enumerate(parents))
    joins = "".join(f"left join s{i} on s{i}.id = s0.id\n" for i in range(1, len(parents)))
    return (f"with {sources}\nselect s0.id,\n"
            "{% for c in ['name', 'grp'] %}  s0.{{ c }}{% if not loop.last %},{% endif %}\n{% endfor %}"
            f"from s0\n{joins}")


def properties(layer, numbers):
    text = "version: 2\nmodels:\n"
    for number in numbers:
        text += (f"  - name: l{layer}_m{number}\n    description: model {number} of layer {layer}\n    columns:\n"
                 "      - name: id\n        description: key\n        data_tests: [not_null, unique]\n"
                 "      - name: name\n        description: label\n")
    return text


def layered(folder, models):
    """Models in four layers, each with two tests and its documentation; the last layer are tables."""
    draw = random.Random(7)
    per_layer = models // LAYERS
    write(folder / "profiles.yml", PROFILE)
    write(folder / "dbt_project.yml", "name: bench\nversion: '1.0'\nprofile: bench\nmodels:\n  bench:\n"
          "    +materialized: view\n    layer3: {+materialized: table}\n")
    for layer in range(LAYERS):
        below = folder / "models" / f"layer{layer}"
        for number in range(per_layer):
            parents = [f"l{layer - 1}_m{draw.randrange(per_layer)}" for _ in range(draw.choice([1, 2, 3]))]
            write(below / f"l{layer}_m{number}.sql", model_sql(layer, number, parents))
        for first in range(0, per_layer, MODELS_PER_FILE):
            numbers = range(first, min(first + MODELS_PER_FILE, per_layer))
            write(below / f"_schema{first}.yml", properties(layer, numbers))


SHOP_MODELS = {
    "stg_customers": "select id as customer_id, name from {{ ref('raw_customers') }}",
    "stg_orders": "select id as order_id, customer_id, status from {{ ref('raw_orders') }}",
    "stg_payments": "select id as payment_id, order_id, amount / 100 as amount from {{ ref('raw_payments') }}",
    "orders": "{{ config(materialized='table') }}\nselect o.*, p.amount from {{ ref('stg_orders') }} o\n"
              "left join (select order_id, sum(amount) as amount from {{ ref('stg_payments') }} group by 1) p\n"
              "using (order_id)",
    "customers": "{{ config(materialized='table') }}\nselect c.customer_id, c.name, count(o.order_id) as orders,\n"
                 "sum(o.amount) as amount from {{ ref('stg_customers') }} c\n"
                 "left join {{ ref('orders') }} o using (customer_id) group by all",
}
SHOP_SEEDS = {
    "raw_customers": ["id,name", *(f"{i},customer {i}" for i in range(100))],
    "raw_orders": ["id,customer_id,status", *(f"{i},{i % 100},{['placed', 'shipped', 'returned'][i % 3]}"
                                              for i in range(300))],
    "raw_payments": ["id,order_id,amount", *(f"{i},{i % 300},{i * 7 % 5000}" for i in range(400))],
}
SHOP_TESTS = {  # two tests for each of these columns
    "stg_customers": ["customer_id", "name"], "stg_orders": ["order_id"], "stg_payments": ["payment_id"],
    "orders": ["order_id"], "customers": ["customer_id", "name"], "raw_customers": ["id"],
    "raw_orders": ["id"], "raw_payments": ["id"],
}


def shop(folder):
    """Five models, three seeds, twenty tests."""
    write(folder / "profiles.yml", PROFILE)
    write(folder / "dbt_project.yml", "name: bench\nversion: '1.0'\nprofile: bench\n")
    for name, sql in SHOP_MODELS.items():
        write(folder / "models" / f"{name}.sql", sql + "\n")
    for name, lines in SHOP_SEEDS.items():
        write(folder / "seeds" / f"{name}.csv", "\n".join(lines) + "\n")
    for section, place in (("models", "models"), ("seeds", "seeds")):
        text = f"version: 2\n{section}:\n"
        for name, columns in SHOP_TESTS.items():
            if (name in SHOP_SEEDS) == (section == "seeds"):
                text += f"  - name: {name}\n    columns:\n"
                text += "".join(f"      - name: {c}\n        data_tests: [unique, not_null]\n" for c in columns)
        write(folder / place / "schema.yml", text)


def make(folder, kind):
    """`kind` is a number of models, or "shop". Nothing is done when it is there already."""
    if folder.exists():
        return
    partial = pathlib.Path(f"{folder}.part")
    shop(partial) if kind == "shop" else layered(partial, kind)
    partial.rename(folder)
