output "dashboard_id" {
  description = "Id of the dashboard in QuickSight, or null where it is off."
  value       = var.enabled ? local.prefix : null
}

output "data_set_arns" {
  description = "Data sets by mart, for dashboards of your own."
  value       = { for mart, set in aws_quicksight_data_set.this : mart => set.arn }
}

output "next_steps" {
  description = "What is left to do by hand."
  value = var.enabled ? join("\n", [
    "In QuickSight, Manage QuickSight > Security: allow Athena, the lake's bucket and the results' bucket, and its key in KMS.",
    "Open the dashboard ${local.prefix}; with SPICE, refresh the data sets once by hand or wait for noon UTC.",
  ]) : "QuickSight is off: set enabled = true, after subscribing to it in the console."
}
