select '{{ ref('numbers').render() }}' as rendered, count(*) as n from {{ ref('numbers') }}, {{ ref('joined') }} j
