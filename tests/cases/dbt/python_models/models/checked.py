def model(dbt, session):
    dbt.config(pre_hook=["select 1"], schema="other")
    return (dbt.ref("plain"))
