output "function_names" {
  description = "Names of the functions, keyed by action."
  value       = { for action, function in aws_lambda_function.this : action => function.function_name }
}

output "role_arns" {
  description = "Roles of the functions, keyed by action: whom the actor roles of other accounts trust."
  value       = { for action, role in aws_iam_role.this : action => role.arn }
}

output "account_policies" {
  description = "What the role <name>-<environment>-<action>-actor of another account needs, keyed by action."
  value = {
    for action in var.actions : action => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        local.statements[action],
        contains(["scheduler", "rightsizing"], action) ? local.grant_statements : [],
      )
    })
  }
}
