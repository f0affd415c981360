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

output "topic_arns" {
  description = "Topics by reader: `alerts` for what is broken, `costs` for what is spent."
  value       = module.notifications.topic_arns
}

output "state_machine_arn" {
  description = "The steps of the pipeline: start an execution of it for a run now."
  value       = module.pipeline.state_machine_arn
}

output "image" {
  description = "Name under which the image is pushed before the first run."
  value       = module.pipeline.image
}

output "log_group" {
  description = "Log of the pipeline's tasks."
  value       = module.pipeline.log_group
}

output "function_names" {
  description = "Functions of the actions, keyed by action."
  value       = module.actions.function_names
}

output "settings" {
  description = "What finops needs in its environment to work on this lake, as `export` lines for a shell."
  value       = join("\n", [for name, value in module.lake.settings : "export ${name}=${value}"])
}

output "next_steps" {
  description = "What to do after apply, in order."
  value = join("\n", [for number, step in [
    for step in [
      length(module.notifications.unconfirmed) == 0 ? "" : "Follow the link in AWS's letter to ${join(", ", distinct(module.notifications.unconfirmed))}: nothing else is sent there before.",
      <<-EOT
        Push the image that the pipeline runs, made on a machine of its kind (${var.run.cpu_architecture}):
             make image IMAGE=${module.pipeline.image}
             docker push ${module.pipeline.image}
      EOT
      ,
      length(module.billing_export.forms_of_bill) == 0 ? <<-EOT
        Have AWS deliver the bills of ${join(", ", sort(tolist(var.billing_account_ids)))}. There, in Billing, Data Exports, create
           a Cost and Usage Report 2.0 as Parquet, with resource ids, that creates a new file at each delivery:
             bucket ${local.bills_bucket}, prefix cur2
           A legacy report goes to the prefix legacy_cur, a FOCUS export to the prefix focus.
      EOT
      : <<-EOT
        Wait for the first bill: AWS delivers it within a day, and a run begins a quarter of an hour later. It comes to
        ${join("\n", [for form in module.billing_export.forms_of_bill : "     bucket ${local.bills_bucket}, prefix ${form}"])}
           Months before it come on request to AWS support.
      EOT
      ,
      <<-EOT
        Start a run yourself, at any time:
             aws stepfunctions start-execution --state-machine-arn ${module.pipeline.state_machine_arn}
           What it says is in the log ${module.pipeline.log_group}.
      EOT
      ,
      <<-EOT
        Look at it. `terraform output -raw settings` prints what finops needs to read the lake ${module.lake.lake_uri}:
             finops report
             finops dashboard --to page.html
           In Athena choose the workgroup ${module.lake.athena_workgroup}: the ten questions that people ask first are saved there.
           Make Iceberg tables alone: Athena puts others among the results, which expire after ${var.athena_results_days} days.
      EOT
      ,
      length(var.act.apply) > 0 ? "" : "Read the plans of the actions (finops act ACTION). What may really act is named in `act.apply`.",
    ] : trimspace(step) if step != ""
  ] : "${number + 1}. ${step}"])
}

output "collecting_policy_arn" {
  description = "Policy of what finops collect asks."
  value       = module.collecting.policy_arn
}

output "dashboard_urls" {
  description = "CloudWatch dashboards of costs and of operations."
  value       = module.observability.dashboard_urls
}
