select '{{ this }}' as self, '{{ this.schema }}' as s from {{ ref('b') }}
