output "lake_uri" {
  description = "Address of the lake: the value of FINOPS_LAKE."
  value       = module.lake.lake_uri
}

output "bill_addresses" {
  description = "Where each form of bill is to be delivered, keyed by source."
  value       = module.lake.bill_addresses
}

output "athena_workgroup" {
  description = "Workgroup that every query must name."
  value       = module.lake.athena_workgroup
}

output "athena_results_uri" {
  description = "Where Athena writes results. They expire: no table may live there."
  value       = module.lake.athena_results_uri
}

output "glue_databases" {
  description = "Glue databases: `landing`, `build` (the engine's own, for nobody to read) and `marts`."
  value       = module.lake.glue_databases
}

output "bucket_arns" {
  description = "ARNs of the buckets, keyed by use."
  value       = module.lake.bucket_arns
}

output "kms_key_arn" {
  description = "Key that encrypts all three buckets."
  value       = module.lake.kms_key_arn
}

output "next_steps" {
  description = "What to do after apply, in order."
  value       = module.lake.next_steps
}

output "collecting_policy_arn" {
  description = "Policy to attach to the role under which finops collect runs."
  value       = module.collecting.policy_arn
}
