select *
from {{ ref('dialect_macro_answers') }}
where answer is distinct from expected
