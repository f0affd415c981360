output "lake_uri" {
  description = "Address of the lake: the value of FINOPS_LAKE."
  value       = module.platform.lake_uri
}

output "bill_addresses" {
  description = "Where each form of bill is to be delivered, keyed by source."
  value       = module.platform.bill_addresses
}

output "athena_workgroup" {
  description = "Workgroup that every query must name."
  value       = module.platform.athena_workgroup
}

output "athena_results_uri" {
  description = "Where Athena writes results. They expire: no table may live there."
  value       = module.platform.athena_results_uri
}

output "glue_databases" {
  description = "Glue databases: `landing`, `build` (the engine's own, for nobody to read) and `marts`."
  value       = module.platform.glue_databases
}

output "bucket_arns" {
  description = "ARNs of the buckets, keyed by use."
  value       = module.platform.bucket_arns
}

output "kms_key_arn" {
  description = "Key that encrypts all three buckets."
  value       = module.platform.kms_key_arn
}

output "topic_arns" {
  description = "Topics by reader: `alerts` for what is broken, `costs` for what is spent."
  value       = module.platform.topic_arns
}

output "state_machine_arn" {
  description = "The steps of the pipeline: start an execution of it for a run now."
  value       = module.platform.state_machine_arn
}

output "image" {
  description = "Name under which the image is pushed before the first run."
  value       = module.platform.image
}

output "log_group" {
  description = "Log of the pipeline's tasks."
  value       = module.platform.log_group
}

output "function_names" {
  description = "Functions of the actions, keyed by action."
  value       = module.platform.function_names
}

output "settings" {
  description = "What finops needs in its environment to work on this lake, as `export` lines for a shell."
  value       = module.platform.settings
}

output "next_steps" {
  description = "What to do after apply, in order."
  value       = module.platform.next_steps
}

output "collecting_policy_arn" {
  description = "Policy of what finops collect asks."
  value       = module.platform.collecting_policy_arn
}

output "dashboard_urls" {
  description = "CloudWatch dashboards of costs and of operations."
  value       = module.platform.dashboard_urls
}
