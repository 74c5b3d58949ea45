def model(dbt, session):
    dbt.config.get()
    return 1
