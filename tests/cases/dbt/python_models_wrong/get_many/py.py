def model(dbt, session):
    dbt.config.meta_get("a", 2, 3)
    return 1
