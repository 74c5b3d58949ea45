

  {% for i in x %}{% endif %}
