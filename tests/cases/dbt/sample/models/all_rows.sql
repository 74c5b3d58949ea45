select count(*) as n from {{ ref('events').render() }}
