{{ config(severity = var('severity_per_period'), tags = ['per_period']) }}
-- Nothing is lost between a bill's files and the waist, and no mart loses or doubles a cent of it.
select *
from {{ ref('reconciliation') }}
where not is_reconciled
