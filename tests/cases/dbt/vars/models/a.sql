select '{{ var('who') }}' as who, {{ var('n') + 1 }} as n, '{{ var('missing', 'dflt') }}' as d, {{ var('list') | length }} as len, '{{ var.has_var('nope') }}' as has
