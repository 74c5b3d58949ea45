
{% macro m() %}