"""Small templates, one language feature each, for make_golden.py."""

V = {
    "s": " Hello, <World> ",
    "t": "añb🙂c",
    "n": 7,
    "f": 2.5,
    "none": None,
    "yes": True,
    "l": [3, 1, 2],
    "w": ["b", "A", "c"],
    "d": {"b": 1, "a": [1, None, True, 1.5], "items": "mine"},
    "u": [{"name": "x", "age": 3, "fn": {"k": "v"}}, {"name": "Y", "age": 1}, {"age": 2, "name": None}],
    "e": [],
    "m": "one\n  two\n\nthree\n",
}

PLAIN = r"""
{{ 1 }} {{ 1.0 }} {{ 1e20 }} {{ 1.5e-7 }} {{ 123456789.125 }} {{ 1e16 }} {{ 0.0001 }} {{ -0.0 }}
{{ true }} {{ False }} {{ none }} {{ None }} {{ 'a' 'b' "c" }}
{{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 1_000 }}
{{ 'tab\tnl\nq\'q\\ \x41 \u00e9 \U0001F642 \q \101' }}
{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 6 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ -2 ** 2 }} {{ 2 ** 3 ** 2 }}
{{ 7.5 // 2 }} {{ -7.5 % 2 }} {{ 1 + 2.0 }} {{ 1 - 2 * 3 }} {{ (1 - 2) * 3 }} {{ +3 }} {{ - 3 }} {{ 0.1 + 0.2 }}
{{ true + 1 }} {{ -true }} {{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ [1, 2] * 2 }} {{ 'x' * -1 }}|
{{ 9223372036854775807 }}
{{ 1 / 0 }}
{{ 'a' + 1 }}
{{ 'a' + none }}
{{ [1] + [2] }} {{ (1,) + (2, 3) }} {{ 'a' ~ 1 ~ none ~ true ~ 1.5 ~ [1, 'a'] }}
{{ 1 < 2 }} {{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }} {{ 1 == 1.0 }} {{ 1 == true }} {{ 'a' != 'b' }} {{ none == none }} {{ [] == () }}
{{ 1 < 'a' }}
{{ 'ell' in s }} {{ 'zz' not in s }} {{ 1 in l }} {{ 'b' in d }} {{ 9 not in l }} {{ not 1 in l }}
{{ 1 in 'a' }}
{{ 1 and 2 }} {{ 0 and 2 }} {{ 0 or 'x' }} {{ '' or none }} {{ not '' }} {{ not 1 == 2 }}
{{ 'a' if yes else 'b' }} {{ 'a' if false }}| {{ 1 if false else 2 if false else 3 }}
{{ s }}|{{ s.strip() }}|{{ s.lstrip() }}|{{ s.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abcab'.lstrip('ab') }}|{{ 'abcab'.rstrip('ba') }}
{{ s.upper() }}{{ s.lower() }}{{ 'hELLO wORLD'.capitalize() }} {{ "they're bill's".title() }} {{ 'aBc'.swapcase() }} {{ 'straße'.upper() }}
{{ 'a,b,,c'.split(',') }} {{ 'a,b,,c'.split(',', 1) }} {{ ' a  b '.split() }} {{ ' a  b c '.split(none, 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b c '.rsplit(none, 1) }} {{ ''.split() }} {{ ''.split(',') }}
{{ 'a</think>b</think>c'.split('</think>')[-1] }} {{ 'abc'.split('</think>')[0] }} {{ 'a<b'.split('<')|last }}
{{ 'a'.split('') }}
{{ 'hello'.startswith('he') }} {{ 'hello'.startswith(('x', 'h')) }} {{ 'hello'.endswith('lo') }} {{ 'hello'.startswith('l', 2) }} {{ 'hello'.endswith('') }}
{{ 'a-b-a'.replace('a', 'xy') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'ab'.replace('', '-') }} {{ 'ab'.replace('z', '-') }}
{{ 'hello'.find('l') }} {{ 'hello'.rfind('l') }} {{ 'hello'.find('z') }} {{ 'hello'.index('e') }} {{ 'banana'.count('an') }} {{ 'hello'.find('l', 3) }} {{ t.find('c') }}
{{ 'hello'.index('z') }}
{{ ', '.join(['a', 'b']) }} {{ '-'.join('abc') }} {{ ','.join(d) }} {{ ''.join([]) }}
{{ ','.join([1]) }}
{{ m.splitlines() }} {{ m.splitlines(true) }} {{ 'a\r\nb\rc'.splitlines() }}
{{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }} {{ 'x'.removeprefix('y') }}
{{ '12'.isdigit() }} {{ 'a1'.isalnum() }} {{ 'ab'.isalpha() }} {{ ' '.isspace() }} {{ 'AB'.isupper() }} {{ 'ab1'.islower() }} {{ ''.isdigit() }} {{ '1.5'.isnumeric() }}
{{ 'a=b=c'.partition('=') }} {{ 'a=b=c'.rpartition('=') }} {{ 'abc'.partition('=') }}
{{ 'x'.center(5) }}|{{ 'ab'.center(5, '*') }}|{{ 'x'.ljust(3) }}|{{ 'x'.rjust(3, '0') }}|{{ '-5'.zfill(4) }}|
{{ '{} and {}'.format(1, 'b') }} {{ '{1}{0}{name}'.format(1, 2, name='n') }} {{ '{:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'd') }} {{ '{:.2f} {:05d} {:x} {:,} {:+d} {:e} {:g} {:%}'.format(3.14159, 42, 255, 1234567, 5, 12345.678, 0.0001, 0.25) }} {{ '{{}}{!r}'.format('q') }} {{ '{0[a]} {0[b]}'.format({'a': 1, 'b': 2}) }} {{ '{}'.format(1.5) }} {{ '{}'.format(true) }}
{{ '%s and %d %5.2f %r %x %%' % ('a', 42, 3.14159, 'q', 255) }} {{ '%s' % 'one' }} {{ '%05d|%-5s|%5s|%+d' % (42, 'a', 'b', 3) }} {{ '%(a)s' % {'a': 1} }} {{ '%s %s'|format('a', 'b') }}
{{ '%d' % 'a' }}
{{ '%s %s' % ('a',) }}
{{ t|length }} {{ t[1] }} {{ t[3] }} {{ t[-1] }} {{ t[2:4] }} {{ t[::-1] }} {{ t|upper }} {{ t|reverse }} {{ t|list }} {{ t|first }} {{ t|last }}
{{ 'hello'[1:3] }} {{ 'hello'[:-1] }} {{ 'hello'[-3:] }} {{ 'hello'[::2] }} {{ 'hello'[::-1] }} {{ 'hello'[4:1:-1] }} {{ 'hello'[10:] }}| {{ 'hello'[-100:2] }} {{ 'hello'[:100] }}
{{ l[0] }} {{ l[-1] }} {{ l[1:] }} {{ l[::-1] }} {{ l[:-1] }} {{ l[5] }}| {{ l[-2:] }} {{ (1,2,3)[1:] }} {{ range(5)[1:3]|list }} {{ range(10)[::-2]|list }}
{{ 'hello'[::0] }}
{{ d }} {{ d.b }} {{ d['a'] }} {{ d['items'] }} {{ d.get('b') }} {{ d.get('zz') }} {{ d.get('zz', 4) }} {{ d.nope }}| {{ d['nope'] }}|
{{ d.items() }} {{ d.keys() }} {{ d.values() }} {{ d.items()|list }} {{ d|list }} {{ d|length }}
{{ d|items|list }} {{ d|dictsort }} {{ {'B': 1, 'a': 2}|dictsort }} {{ {'B': 1, 'a': 2}|dictsort(true) }} {{ {'B': 2, 'a': 1}|dictsort(by='value') }} {{ {'B': 2, 'a': 1}|dictsort(reverse=true) }}
{{ {'a': 1, 2: 'b', none: [1]} }} {{ {} }} {{ [] }} {{ () }} {{ (1,) }} {{ [1, 'a', none, true, 1.5, [2], {'k': 'v'}, (1, 2)] }}
{{ ["it's", 'say "x"', 'both \' "', 'nl\n', '\\', 'é', '\x07', '🙂', '\u200b', '\xa0'] }}
{{ d|tojson }} {{ s|tojson }} {{ [1, 1.0, none, true, 'é🙂"\\\n\t\x01/']|tojson }} {{ {}|tojson }} {{ []|tojson }} {{ (1, 2)|tojson }}
{{ d|tojson(indent=2) }}
{{ d|tojson(indent='--') }} {{ [[], {}, [1]]|tojson(indent=1) }}
{{ d|tojson(separators=(',', ':')) }} {{ d|tojson(sort_keys=true) }} {{ 'é🙂\x7f'|tojson(ensure_ascii=true) }} {{ {1: 2, none: 3, 1.5: 4}|tojson }} {{ {true: 1}|tojson }} {{ 1e20|tojson }} {{ d|tojson(false, 4) }}
{{ nope|tojson }}
{{ d.items|tojson }}
{{ nope }}| {{ nope|default('d') }} {{ ''|default('d') }}| {{ ''|default('d', true) }} {{ none|default('d') }} {{ none|d('d', boolean=true) }} {{ d.nope|d }}|
{{ nope.x }}
{{ nope['x'] }}
{{ nope() }}
{{ nope + 'a' }}
{{ nope ~ 'a' }} {{ nope == nope2 }} {{ nope|length }} {{ nope|upper }}| {{ nope|list }} {{ nope|join }}| {{ not nope }} {{ 1 in nope }} {{ [nope] }}
{{ none.x }}| {{ none['x'] }}| {{ n.x }}| {{ s.nope }}| {{ s.nope is defined }} {{ l.nope is undefined }} {{ d.a.b is defined }}
{{ none.x.y }}
{{ n[0] }}| {{ s['x'] }}| {{ l['x'] }}| {{ d[0] }}|
{{ 'a' is string }} {{ 1 is string }} {{ 1 is number }} {{ 1.5 is number }} {{ true is number }} {{ 1 is integer }} {{ true is integer }} {{ 1.0 is float }} {{ true is boolean }} {{ 1 is boolean }} {{ none is none }} {{ nope is none }}
{{ true is true }} {{ 1 is true }} {{ false is false }} {{ d is mapping }} {{ l is mapping }} {{ l is sequence }} {{ s is sequence }} {{ d is sequence }} {{ 1 is sequence }} {{ l is iterable }} {{ s is iterable }} {{ 1 is iterable }} {{ none is iterable }} {{ range is callable }}
{{ nope is defined }} {{ s is defined }} {{ s is not defined }} {{ nope is undefined }} {{ none is defined }} {{ nope is not string }} {{ nope is mapping }} {{ nope is iterable }}
{{ 4 is even }} {{ 3 is odd }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(4) }} {{ 1 is eq 1 }} {{ 1 is equalto(2) }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is le 1 }} {{ 1 is gt 2 }} {{ 2 is ge 2 }} {{ 1 is in [1, 2] }} {{ 'x' is in 'abc' }} {{ 'a' is lower }} {{ 'A' is upper }} {{ none is sameas none }} {{ 1 is sameas true }}
{{ 'length' is filter }} {{ 'nope' is filter }} {{ 'odd' is test }}
{{ s is string and n is number }} {{ s is string or nope.x }} {{ not s is string }} {{ (s is string) is true }}
{{ s|trim }}|{{ 'xax'|trim('x') }}|{{ none|trim }}|{{ 12|trim }}|{{ 'ab'|trim|length }}
{{ 'hello world-foo bar(baz'|title }} {{ 'hELLO'|capitalize }} {{ none|upper }} {{ 1|lower }} {{ "they're"|title }}
{{ 'aXbX'|replace('X', '-') }} {{ 'aXbX'|replace('X', '-', 1) }} {{ 121|replace(1, 'x') }}
{{ l|sort }} {{ w|sort }} {{ w|sort(case_sensitive=true) }} {{ l|sort(reverse=true) }} {{ u|sort(attribute='age')|map(attribute='age')|list }} {{ 'cab'|sort }}
{{ [1, 'a']|sort }}
{{ l|reverse|list }} {{ 'abc'|reverse }} {{ l|first }} {{ l|last }} {{ e|first }}| {{ e|last }}| {{ d|first }}
{{ l|min }} {{ l|max }} {{ l|sum }} {{ w|min }} {{ w|max }} {{ e|max }}| {{ u|sum(attribute='age') }} {{ [1, 2]|sum(start=10) }} {{ [1.5, 2]|sum }} {{ u|max(attribute='age') }}
{{ u|map(attribute='name')|list }} {{ u|map(attribute='fn.k')|list }} {{ u|map(attribute='fn.k', default='?')|list }} {{ w|map('upper')|join }} {{ l|map('string')|join('-') }} {{ ['a,b']|map('replace', ',', ';')|list }} {{ u|map(attribute='nope')|list }}
{{ l|select('odd')|list }} {{ l|reject('odd')|list }} {{ [0, 1, '', 'a']|select|list }} {{ l|select('gt', 1)|list }} {{ l|select('in', [1, 2])|list }} {{ l|select('>', 2)|list }} {{ nope|select|list }}
{{ u|selectattr('age', 'gt', 1)|map(attribute='age')|list }} {{ u|rejectattr('fn')|list }} {{ u|selectattr('name', 'equalto', 'x')|list|length }} {{ u|selectattr('name', 'none')|list }} {{ u|selectattr('fn.k', 'defined')|list }} {{ u|selectattr('name')|map(attribute='name')|join(',') }}
{{ 'yes' if l|select('gt', 100) else 'no' }} {{ l|select('odd')|first }} {{ (l|select('odd'))|length }}
{{ [1, 2, 1, 3]|unique|list }} {{ ['a', 'A', 'b']|unique|list }} {{ ['a', 'A']|unique(true)|list }}
{{ l|join }} {{ l|join(', ') }} {{ w|join(d='+') }} {{ u|join(',', attribute='age') }} {{ 'abc'|join('-') }} {{ [none, true, 1.5]|join('|') }}
{{ '42'|int }} {{ '4.7'|int }} {{ 'x'|int }} {{ 'x'|int(9) }} {{ 4.9|int }} {{ -4.9|int }} {{ none|int }} {{ true|int }} {{ ' 5 '|int }} {{ '0x1f'|int(base=16) }} {{ '1f'|int(0, 16) }} {{ '1_000'|int }} {{ l|int }}
{{ '1.5'|float }} {{ 'x'|float }} {{ 3|float }} {{ 'x'|float(1.0) }} {{ '1e3'|float }} {{ none|float }} {{ 'inf'|float }}
{{ 2.5|round }} {{ 3.5|round }} {{ 2.675|round(2) }} {{ 2.1|round(0, 'ceil') }} {{ 2.9|round(method='floor') }} {{ 7|round }} {{ 1234.567|round(-2) }} {{ 1.25|round(1) }} {{ 42.55|round(1, 'floor') }}
{{ -5|abs }} {{ (-5)|abs }} {{ -1.5|abs }} {{ n|string ~ 'x' }} {{ n|string|length }} {{ [1]|string }} {{ d|string|length }}
{{ s|length }} {{ l|count }} {{ 'ab'|list }} {{ d|list }} {{ 5|length }}
{{ m|indent }}|{{ m|indent(2, true) }}|{{ m|indent(2, blank=true) }}|{{ m|indent('> ', first=true) }}|{{ ''|indent }}|
{{ s|e }} {{ s|escape }} {{ '&\'"'|e }} {{ s|safe }} {{ 'a b_c, d'|wordcount }} {{ 'x'|center(5) }}|
{{ 'hello big world out there'|truncate(12) }} {{ 'hello big world out there'|truncate(12, true) }} {{ 'hello big'|truncate(8) }} {{ 'hello big world'|truncate(9, leeway=0, end='!') }}
{{ [1, 2, 3, 4, 5]|batch(2)|list }} {{ [1, 2, 3]|batch(2, 0)|list }}
{{ range(3) }} {{ range(3)|list }} {{ range(1, 4)|list }} {{ range(5, 0, -2)|list }} {{ range(0) |list }} {{ range(3)|length }} {{ 2 in range(3) }} {{ range(1, 9, 3) }}
{{ range(200000) }}
{{ range(1, 2, 0) }}
{{ dict(a=1, b='x') }} {{ dict({'k': 2}) }} {{ dict([('a', 1)]) }} {{ dict(d, z=1)|length }}
{{ l.append(4) }}
{{ d.update({'x': 1}) }}
{{ d.pop('b') }}
{{ l.index(1) }} {{ l.count(3) }} {{ (1, 2).count(1) }} {{ d.copy().b }}
{{ l.index(99) }}
{{ s.__class__ }}|{{ s.__class__ is defined }}
{{ s.__class__.__mro__ }}
{{ ''.__class__() }}
{{ raise_exception('Only ' ~ n ~ ' roles!') }}
{{ strftime_now('%Y-%m-%d %H:%M:%S %d %b %Y %B %A %a %j %y %I %p %e|%-d|%-m|%% %F %T %D %R %u %w %f') }}
{{ strftime_now is defined }} {{ raise_exception is defined }} {{ namespace is defined }}
{{ 1, 2 }} {{ (1, 2) }} {{ () }} {{ 1, }}
{{ [1, 2,] }} {{ {'a': 1,} }} {{ 'a'.replace('a', 'b',) }}
{{ l|sort|first }} {{ l|sort|map('string')|join(',')|length + 1 }} {{ -l|first }} {{ 'a' ~ 'b'|upper }} {{ ('a' ~ 'b')|upper }} {{ 1 + 2|string|length }}
{{ '🙂a' < '\uffee' }} {{ ['b', 'B', 'a', '🙂', '\uffee']|sort(case_sensitive=true) }}
{{ 'a.b'.split('.')[0].upper() }} {{ u[0].name }} {{ u[0]['fn'].k }} {{ u.0.name }} {{ u[1].fn is defined }} {{ u[-1].age }}
{{ s.split(',')|map('trim')|list }} {{ 'x' in ['x'] and 'y' not in ['x'] }}
{{ 'abc' is string is true }}
{{ not }}
{{ 1 + }}
{{ 'abc }}
{{ s|nope }}
{{ s is nope }}
{{ (1 }}
{{ [1, 2 }}
{{ 1 2 }}
{{ }}
{% nope %}
{% if %}{% endif %}
{% if 1 %}
{% endif %}
{% for x in l %}
{% else %}
{% set 1 = 2 %}
{% set x %}
{% break %}
{# never closed
{{ {'a' 1} }}
{{ s.() }}
{{ f(a=1, 2) }}
{{ l[] }}
{{ *l }}
""".strip("\n").split("\n")

BLOCKS = [
    "a\n  {% if yes %}\n  b\n  {% endif %}\nc\n",
    "a\n  {%- if yes %}\n  b\n  {%- endif %}\nc\n",
    "a\n  {% if yes -%}\n  b\n  {% endif -%}\n  c\n",
    "a  {%+ if yes %}  b  {%+ endif %}\nc",
    "  {%+ if yes +%}\n b{% endif +%}\n c",
    "a {{- n -}} b {{ n }}\n{{ n }}\n\n",
    "a {{-  ' x ' -}}\n\n b",
    "a\n\n  {# note #}\n  b {#- note -#} c {# x #}\n",
    "{# a #}\n\nb\n   {# c #}   d\n",
    "{% raw %}{{ x }} {% if %}{# c #}{% endraw %}|",
    "  {% raw %}\n  a\n  {% endraw %}\n b",
    "a  {%- raw -%}  {{ b }}  {%- endraw -%}  c",
    "line\r\nnext\r{{ n }}\r\n",
    "\n\n{{ n }}\n\n",
    "{% if n > 5 %}big{% elif n > 3 %}mid{% else %}small{% endif %}",
    "{% if n < 5 %}big{% elif n > 3 %}mid{% else %}small{% endif %}",
    "{% if n < 5 %}big{% elif n > 30 %}mid{% else %}small{% endif %}",
    "{% for x in l %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }}:{{ x }} {% endfor %}",
    "{% for x in l %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {{ loop.previtem is defined }} {% endfor %}",
    "{% for x in l %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 1) }}{{ loop.depth }}{% for y in l %}{{ loop.depth0 }}{% endfor %}{% endfor %}",
    "{% for x in e %}x{% else %}none{% endfor %}",
    "{% for x in l if x > 1 %}{{ loop.index }}{{ x }}{{ loop.length }}{% else %}none{% endfor %}",
    "{% for x in l if x > 9 %}{{ x }}{% else %}none{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}{% for c in 'aé🙂' %}[{{ c }}]{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a, b in [(1, 2, 3)] %}{{ a }}{% endfor %}",
    "{% for x in 5 %}{% endfor %}",
    "{% for x in none %}{% endfor %}",
    "{% for x in nope %}{% else %}empty{% endfor %}",
    "{% for x in l %}{% if x == 1 %}{% continue %}{% endif %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% endfor %}",
    "{% for x in l %}{% for y in l %}{% if y == 1 %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{% endfor %}",
    "{% set x = 1 %}{% for y in l %}{% set x = y %}{{ x }}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% if false %}{% set s = 2 %}{% endif %}{{ s }}",
    "{% set ns = namespace(x=0, found=false) %}{% for y in l %}{% set ns.x = ns.x + y %}{% if y == 1 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.x }}{{ ns.found }}{{ ns.nope }}",
    "{% set ns = namespace() %}{% set ns.a = none %}{{ ns.a }}{{ ns.a is none }}{{ ns['a'] }}",
    "{% set s.x = 1 %}",
    "{% set nope.x = 1 %}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set a, b = b, a %}{{ a }}{{ b }}",
    "{% set x = 1, 2 %}{{ x }}",
    "{% set x %}a{{ n }}\n b{% endset %}[{{ x }}]{{ x|length }}",
    "{% set x | upper | replace('A', 'z') %}a{{ n }}b{% endset %}{{ x }}",
    "{% filter upper %}a{{ s }}{% endfilter %}",
    "{% with a = 1, b = n %}{{ a }}{{ b }}{% set a = 5 %}{{ a }}{% endwith %}{{ a }}|",
    "{% macro m(a, b=2, c='x') %}{{ a }}-{{ b }}-{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(1, c=4) }} {{ m(b=1, a=0) }} {{ m() }}",
    "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(3) }}",
    "{% macro m() %}{{ late }}{% endmacro %}{% set late = 5 %}{{ m() }}",
    "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% macro m(x) -%}\n  a {{ x }}\n{%- endmacro %}[{{ m(3) }}]{{ m(4)|trim|length }}{{ m('z') ~ '!' }}",
    "{% for x in l %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}",
    "{% macro m(x) %}[{{ caller() }}{{ x }}]{% endmacro %}{% call m(1) %}body{{ n }}{% endcall %}",
    "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a + b }}{% endcall %}",
    "{% macro outer(x) %}{% macro inner(y) %}{{ x }}{{ y }}{% endmacro %}{{ inner(2) }}{% endmacro %}{{ outer(1) }}",
    "{% macro m(items) %}{% for i in items %}{{ i }}{% endfor %}{% endmacro %}{{ m(items=l) }}{{ m(l[1:]) }}",
    "{% generation %}a{{ n }}{% endgeneration %}\n b",
    "{% for x in l %}\n  {% generation %}\n  {{ x }}\n  {% endgeneration %}\n{% endfor %}",
    "{%- for x in l -%}\n  {{- x -}}\n{%- endfor -%}\n",
    "{% for x in l -%}\n  {{ x }},\n{%- endfor %}\n!",
    "{{ '}}' }}{{ '{%' }}{{ {'a': {'b': 1}}['a']['b'] }}{{ {'a': {}} }}",
    "{{ n\n + 1 }}{%\n if\n yes %}x{%\nendif\n%}",
    "{ { n }} {{n}} { {% if yes %}%}{% endif %} # {#x#} {",
    "{% set loop_messages = w %}{% for x in loop_messages[1:] %}{{ x }}{% endfor %}",
    "{% for x in l %}{% if loop.index0 > 0 and l[loop.index0 - 1] > x %}v{% else %}^{% endif %}{% endfor %}",
    "{% for x in l|sort(reverse=true) %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for x in range(l|length - 1, -1, -1) %}{{ l[x] }}{% endfor %}{% for m in u[::-1] %}{{ m.age }}{% endfor %}",
    "{% set g = l|select('odd') %}{{ g|list }}{{ g|list }}",
    "{% for x in l|map('string') %}{{ loop.length }}{{ loop.last }}{{ x }}{% endfor %}",
    "{% set content = 'a<think>b</think>c' %}{% if '</think>' in content %}{% set r = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}{{ r }}|{{ content.split('</think>')[-1].lstrip('\\n') }}{% endif %}",
    "{% for x in l %}{{ x }}{% endfor %}{{ loop is defined }}{{ x is defined }}",
    "{% if 'b' in d and d.b is defined and d.b > 0 %}ok{% endif %}{% if d.nope is defined and d.nope is not none %}no{% endif %}",
    "{{ s if s is string else s|tojson }}{{ d if d is string else d|tojson }}",
    "{% set x = [] %}{% for y in l %}{% set x = x + [y] %}{% endfor %}{{ x }}",
    "{% set ns = namespace(x=[]) %}{% for y in l %}{% set ns.x = ns.x + [y * 2] %}{% endfor %}{{ ns.x }}",
    "{% set _ = d.items() %}{{ _|length }}{% do l %}",
    "{% set ns = namespace(_x=1) %}{{ ns._x }}",
    "{%- set a = 'x' -%} {%- set b = 'y' -%} {{ a + b }}",
    "{% for x in l recursive %}{{ x }}{% endfor %}",
    "{% if not yes %}{{ s|nope }}{{ s is nope }}{% else %}ok{% endif %}",
    "{% if yes %}{{ s|nope }}{% endif %}",
    "{% for x in [1, [2, [3]]] recursive %}{% if x is number %}{{ x }}:{{ loop.depth }}{% else %}({{ loop(x) }}){% endif %}{% endfor %}",
    "{% for x in l %}{{ loop(l) }}{% endfor %}",
    "{% set ns = namespace(a=1) %}{% set ns._b = 1 %}",
    "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}",
    "{{ 'a' if s is defined and s|trim else 'b' }}{{ (n > 5) and 'x' }}{{ (n > 9) or none }}",
    "{{ l is sequence and l is not mapping and l is not string }}{{ u[0].fn is mapping }}",
    "{% if not s is defined %}a{% elif s is not none %}b{% endif %}{% if not(n == 7) %}c{% else %}d{% endif %}",
    "{% set x = d.get('zz') or {} %}{{ x }}{{ (d.get('a') or [])|length }}",
    "{% set x = {'a': 1} %}{{ x.a }}{{ x['a'] + 1 }}{% for k, v in x|items %}{{ k }}{{ v }}{% endfor %}{% for k, v in x|dictsort %}{{ k }}{% endfor %}",
    "{{ ('x' * 3 ~ '\n')|trim }}{{ 'a\nb'.split('\n')|join(' ') }}{{ \"it's\" }}{{ 'say \"x\"' }}",
]

ALL = [(source, V) for source in PLAIN + BLOCKS]
