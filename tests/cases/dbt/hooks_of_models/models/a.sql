{{ config(materialized='table',
          pre_hook=["insert into audit values ('list', '{{ this.identifier }}')",
                    {"sql": "insert into audit values ('dict', 'd')", "transaction": False}],
          post_hook=before_begin("insert into audit values ('json', 'before begin')")) }}
select 1 as id
