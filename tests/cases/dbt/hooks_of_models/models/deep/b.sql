{{ config(schema='other', post_hook="{{ note('late ' ~ this.schema, execute) }}") }}
{{ config(post_hook=["{{ nothing() }}", after_commit("{{ note('after', this.name) }}")]) }}
select * from {{ ref('a') }}
