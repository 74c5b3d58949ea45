{{ config(materialized='incremental') }}
select 1 as id {% if is_incremental() %} from {{ this }} {% endif %}
