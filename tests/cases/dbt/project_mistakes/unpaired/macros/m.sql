x
 {% endfor %}