{% set re = modules.re %}
{% set m = re.match('(?P<key>[a-z]+)=(\d+)', 'abc=12;d=3') %}
select $$
{{ m.group() }} {{ m.group(1) }} {{ m.group('key') }} {{ m.groups() }} {{ m.groupdict() }} {{ m.start() }} {{ m.end() }} {{ m.span() }} {{ m[2] }} {{ m.group(1, 2) }}
{{ re.match('x', 'abc') }} {{ re.search('c', 'abc').start() }} {{ re.fullmatch('ab', 'abc') }} {{ re.search('B', 'abc', re.IGNORECASE).group() }}
{{ re.sub('[ -]+', '_', 'a b--c  d') }} {{ re.sub('(a)(b)', '\\2\\1', 'abab', 1) }} {{ re.sub('(?P<n>a)', '<\g<n>\g<1>>', 'aba') }} {{ re.sub('x*', '-', 'abxd') }}
{{ re.findall('[a-z]', 'a1b2') }} {{ re.findall('([a-z])(\d)', 'a1b2') }} {{ re.findall('([a-z])\d', 'a1b2') }}
{{ re.split(',\s*', 'a, b,c') }} {{ re.split('(,)', 'a,b', 1) }} {{ re.escape('a.b*c') }} {{ re.sub('^a|b\Z', 'X', 'aab') }}
{{ re.findall('(?m)^\w+', 'one\ntwo') }} {{ re.sub('(?<=a)b(?!c)', 'Y', 'abc abd') }} {{ re.search('ö', 'schön') is not none }}
$$ as a
