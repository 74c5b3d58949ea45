{% if execute %}{{ nested() }}{% endif %}
