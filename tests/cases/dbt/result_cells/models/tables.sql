{% if execute %}{{ tables() }}{% endif %}
