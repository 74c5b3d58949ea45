{% snapshot kept %}
{{ config(unique_key='id', strategy='check', check_cols='all', grants={'select': ['me']}) }}
select 1 as id, '{{ var("v", "a") }}' as "V v" {{ ', 1 as more' if var('v', 'a') == 'b' }}
{% endsnapshot %}
