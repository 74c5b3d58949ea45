{% if execute %}{{ bounds() }}{% endif %}
{% if execute %}{% for row in run_query('select 1 as a, 2 as b, 3 as c, 4 as d, 5 as e, 6 as f') %}{{ row }}{% endfor %}{{ run_query('select 1, 2, 3, 4, 5').rows[0] }}{% endif %}
