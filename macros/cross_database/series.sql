{# Rows from nothing: numbers, and one row per day, month ... #}

{# The powers of two that are below the number, added up, reach it with so many digits. #}
{% macro get_powers_of_two(upper_bound) -%}
  {{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}
{%- endmacro %}

{% macro default__get_powers_of_two(upper_bound) %}
  {% if upper_bound <= 0 %}
    {{ exceptions.raise_compiler_error('upper bound must be positive') }}
  {% endif %}
  {% for digits in range(1, 100) if 2 ** digits >= upper_bound %}
    {{ return(digits) }}
  {% endfor %}
{% endmacro %}

{# The column generated_number, from one on. #}
{% macro generate_series(upper_bound) -%}
  {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{%- endmacro %}

{% macro default__generate_series(upper_bound) %}
  {% set digits = get_powers_of_two(upper_bound) %}
    with bits as (
        select 0 as bit union all select 1
    ), numbers as (
        select
            {% for digit in range(digits) -%}
            b{{ digit }}.bit * {{ 2 ** digit }} + {% endfor %}1 as generated_number
        from
            {% for digit in range(digits) -%}
            {{ 'cross join ' if not loop.first }}bits as b{{ digit }}
            {% endfor %}
    )

    select generated_number
    from numbers
    where generated_number <= {{ upper_bound }}
    order by generated_number
{% endmacro %}

{# How many parts lie between two dates: asked of the database, zero while parsing. #}
{% macro get_intervals_between(start_date, end_date, datepart) -%}
  {{ return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) }}
{%- endmacro %}

{% macro default__get_intervals_between(start_date, end_date, datepart) -%}
    {%- call statement('get_intervals_between', fetch_result=true) %}
        select {{ datediff(start_date, end_date, datepart) }}
    {%- endcall -%}
    {%- set found = load_result('get_intervals_between') -%}
    {{ return(found['data'][0][0] if found else 0) }}
{%- endmacro %}

{# From the start up to the day, month ... before the end. #}
{% macro date_spine(datepart, start_date, end_date) -%}
  {{ return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) }}
{%- endmacro %}

{% macro default__date_spine(datepart, start_date, end_date) %}


    {# the number of rows is asked for first #}


    with rawdata as (

        {{ generate_series(get_intervals_between(start_date, end_date, datepart)) }}

    ),

    all_periods as (

        select (
            {{ dateadd(datepart, 'row_number() over (order by 1) - 1', start_date) }}
        ) as date_{{ datepart }}
        from rawdata

    ),

    filtered as (

        select *
        from all_periods
        where date_{{ datepart }} <= {{ end_date }}

    )

    select * from filtered

{% endmacro %}
