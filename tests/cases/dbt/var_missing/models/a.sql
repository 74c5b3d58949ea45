select '{{ var('q') }}' as q
