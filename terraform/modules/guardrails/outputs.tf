output "budget_names" {
  description = "Names of the budgets, keyed as they were given."
  value       = { for key, budget in aws_budgets_budget.this : key => budget.name }
}

output "anomaly_monitor_arn" {
  description = "Monitor of all services, ours or the one that was named; null where anomalies are not watched."
  value       = var.watch_anomalies ? aws_ce_anomaly_subscription.this[0].monitor_arn_list[0] : null
}
