select '{{ this }}' as this, '{{ model.name }}' as name, '{{ config.get('materialized') }}' as m, {{ is_incremental() }} as inc
