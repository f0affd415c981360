output "policy_arn" {
  description = "Policy to attach to the role under which finops collect runs."
  value       = aws_iam_policy.this.arn
}

output "reader_role_name" {
  description = "The value of FINOPS_ROLE_NAME: the role that is assumed in other accounts."
  value       = "${local.prefix}-reader"
}
