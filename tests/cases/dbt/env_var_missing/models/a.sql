select '{{ env_var('NOT_SET_AT_ALL') }}' as e
