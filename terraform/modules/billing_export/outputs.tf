output "export_arns" {
  description = "Exports of Data Exports, keyed by form."
  value       = { for form, it in aws_bcmdataexports_export.this : form => it.id }
}

output "forms_of_bill" {
  description = "Forms among them that are bills, so that a first one is waited for: within a day."
  value       = sort([for form in var.exports : form if form != "cost_optimization_hub"])
}
