{% if execute %}{{ cells() }}{% endif %}
