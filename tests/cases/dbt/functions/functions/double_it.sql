{{ config(meta={'owner': 'me'}) }}
x * {{ var('factor', 2) }}
