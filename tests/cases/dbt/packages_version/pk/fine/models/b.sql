select '{{ var('setting') }}' as setting, '{{ var('scoped') }}' as scoped, '{{ var('own') }}' as own, '{{ fine_only() }}' as f
