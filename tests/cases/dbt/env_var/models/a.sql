select '{{ env_var('CASE_ENV') }}' as e, '{{ env_var('NOT_SET_AT_ALL', 'other') }}' as o
