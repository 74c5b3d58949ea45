{% macro patterns() %}
  {% set p = modules.re.compile('(?P<a>a+)(b)?', modules.re.I) %}
  {% do print([p, p.pattern, p.flags, p.groups]) %}
  {% do print([p.match('AAb'), p.search('xaab'), p.fullmatch('ab'), p.findall('ab aa'), p.sub('<\\g<a>>', 'ab a'), p.subn('x', 'ab a b'), p.split('1ab2a3'), p.split('1ab2a3', 1), p.sub('', 'aXa', count=1)]) %}
  {% set m = p.search('é xaab') %}
  {% do print([m.group(), m.group(1), m.group(1, 2), m['a'], m.groups(), m.groups('-'), m.groupdict(), m.start(), m.end(), m.span(), m.span(2), m.start('a'), m.end(1), m.lastindex, m.lastgroup, m.string, m.re.pattern, m.pos, m.endpos, m.expand('\\1-\\g<a>')]) %}
  {% set n = p.match('a') %}
  {% do print([n.groups(), n.groups('-'), n.groupdict('-'), n.span(2), n.lastindex, n.lastgroup, n.group(2)]) %}
  {% set found = modules.re.finditer('a+', 'aa ba') %}
  {% do print(found | map(attribute='lastindex') | list) %}{% do print(found | list) %}
  {% for m in modules.re.finditer('(\\w)(\\d)', 'a1 b2é3') %}{% do print(m.span() ~ m.group(2) ~ m) %}{% endfor %}
  {% do print([modules.re.subn('a', 'b', 'banana', 2), modules.re.subn('x', 'y', 'banana'), modules.re.sub(p, '-', 'xaabx')]) %}
  {% do print([modules.re.compile('a', modules.re.M), modules.re.compile("it's"), modules.re.compile(p) == p, modules.re.purge()]) %}
  {% do print([modules.re.findall('\\w+', 'aé b'), modules.re.findall('\\w+', 'aé b', modules.re.ASCII)]) %}
  {% do print([p.match('x') is none, 'yes' if p.match('a') else 'no', p.findall('bab', ) | map('first') | list]) %}
{% endmacro %}
{% macro unclosed() %}{{ print(modules.re.compile('(') is none) }}{% endmacro %}
{% macro no_group() %}{{ print(modules.re.match('a', 'a').group(3)) }}{% endmacro %}
{% macro twice() %}{{ print(modules.re.compile(modules.re.compile('a'), modules.re.I)) }}{% endmacro %}
{% macro no_text() %}{{ print(modules.re.match('a', 1)) }}{% endmacro %}
{% macro no_pattern() %}{{ print(modules.re.match(1, 'a')) }}{% endmacro %}
