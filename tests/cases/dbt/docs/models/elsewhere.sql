{{ config(schema='else') }} select x from {{ ref('gone') }}
