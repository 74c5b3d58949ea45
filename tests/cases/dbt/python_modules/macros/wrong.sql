{% macro bad_date() %}{{ modules.datetime.date(2024, 2, 30) }}{% endmacro %}
{% macro bad_text() %}{{ modules.datetime.datetime.strptime('x', '%Y') }}{% endmacro %}
{% macro bad_rest() %}{{ modules.datetime.datetime.strptime('2024x', '%Y') }}{% endmacro %}
{% macro bad_zone() %}{{ modules.pytz.timezone('No/Where') }}{% endmacro %}
{% macro ranges() %}{{ print(dates_in_range('20240227', '20240301') ~ partition_range('20240101,20240102') ~ convert_datetime('20240101', '%Y%m%d')) }}{% endmacro %}
{% macro bad_range() %}{{ dates_in_range('20240227', '20240201') }}{% endmacro %}
