output "lake_uri" {
  description = "Address of the lake: the value of FINOPS_LAKE."
  value       = "s3://${module.lake.name}"
}

output "bill_addresses" {
  description = "Where each form of bill is to be delivered, keyed by source."
  value       = { for source in local.bill_sources : source => "s3://${module.bills.name}/${source}" }
}

output "bills_uri" {
  description = "Where all forms of bill lie, each below its own prefix."
  value       = "s3://${module.bills.name}"

  # Who asks for an export before its bucket lets it in is refused.
  depends_on = [module.bills.policy]
}

output "athena_results_uri" {
  description = "Where Athena writes results. They expire: no table may live there."
  value       = "s3://${module.athena_results.name}/"
}

output "athena_workgroup" {
  description = "Workgroup that every query must name: it limits the scan and encrypts the results."
  value       = aws_athena_workgroup.this.name
}

output "questions" {
  description = "Names of the saved queries of the workgroup: what people ask first."
  value       = sort([for query in aws_athena_named_query.this : query.name])
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

output "settings" {
  description = "What finops needs in its environment to work on this lake."
  value = {
    AWS_REGION              = data.aws_region.current.name
    FINOPS_ATHENA_RESULTS   = "s3://${module.athena_results.name}/"
    FINOPS_ATHENA_WORKGROUP = aws_athena_workgroup.this.name
    FINOPS_GLUE_PREFIX      = local.database_prefix
    FINOPS_LAKE             = "s3://${module.lake.name}"
    FINOPS_PROFILE          = "aws"
  }
}
