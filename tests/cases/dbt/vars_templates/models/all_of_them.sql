select '{{ var('one') }}' as one, '{{ var('two') }}' as two, '{{ var('plain') }}' as plain,
    $${{ var('kept') }}$$ as kept, [{{ var('line') }}] as line, '{{ var('comment') }}' as comment,
    '{{ var('from_macro') }}' as shouted, '{{ var('scoped') }}' as scoped,
    '{{ var('nothing', '{{ 1 }}') }}' as fallback, '{{ var('given', 'not') }}' as given,
    {{ var('one') is string }} as is_text, (select max(a) from {{ var('other') }}) as a
