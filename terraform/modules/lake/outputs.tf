output "lake_uri" {
  description = "Address of the lake: the value of FINOPS_LAKE."
  value       = "s3://${module.lake.name}"
}

output "bill_addresses" {
  description = "Where each form of bill is to be delivered, keyed by source."
  value       = { for source in local.bill_sources : source => "s3://${module.bills.name}/${source}" }
}

output "athena_results_uri" {
  description = "Where Athena writes results. They expire: no table may live there."
  value       = "s3://${module.athena_results.name}/"
}

output "athena_workgroup" {
  description = "Workgroup that every query must name: it limits the scan and encrypts the results."
  value       = aws_athena_workgroup.this.name
}

output "glue_databases" {
  description = "Glue databases: `landing`, `build` (the engine's own, for nobody to read) and `marts`."
  value       = { for use, database in aws_glue_catalog_database.this : use => database.name }
}

output "bucket_arns" {
  description = "ARNs of the buckets, keyed by use, for the policies of those who read and write them."
  value = {
    bills          = module.bills.arn
    lake           = module.lake.arn
    athena_results = module.athena_results.arn
  }
}

output "kms_key_arn" {
  description = "Key that encrypts all three buckets. Readers need kms:Decrypt on it, writers kms:GenerateDataKey too."
  value       = aws_kms_key.this.arn
}

output "next_steps" {
  description = "What to do after apply, in order."
  value       = <<-EOT
    1. Have AWS deliver the bills of ${join(", ", sort(local.billing_account_ids))}. In Billing, Data Exports,
       create a Cost and Usage Report 2.0 as Parquet, with resource ids, that creates a new file at each delivery
       (finops then reads it there and stores no copy):
         bucket ${module.bills.name}, prefix cur2
       A legacy Cost and Usage Report goes to the same bucket, prefix legacy_cur, a FOCUS export to prefix focus. The
       first delivery takes up to a day.
    2. Name the lake:
         export FINOPS_LAKE=s3://${module.lake.name} FINOPS_PROFILE=aws AWS_REGION=${data.aws_region.current.name}
         export FINOPS_GLUE_PREFIX=${local.database_prefix} FINOPS_ATHENA_WORKGROUP=${aws_athena_workgroup.this.name}
         export FINOPS_ATHENA_RESULTS=s3://${module.athena_results.name}/
    3. Name the workgroup ${aws_athena_workgroup.this.name} in every query of your own, and make Iceberg tables alone:
       Athena puts other tables among the results, which expire after ${var.athena_results_days} days.
  EOT
}
