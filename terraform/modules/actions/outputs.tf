output "function_names" {
  description = "Names of the functions, keyed by action, and of those that mark by <action>_marker."
  value       = { for action, function in aws_lambda_function.this : action => function.function_name }
}

output "role_arns" {
  description = "Roles of the functions, keyed as function_names are: whom the actor roles of other accounts trust."
  value       = { for action, role in aws_iam_role.this : action => role.arn }
}

output "account_policies" {
  description = "What the role <name>-<environment>-<action>-actor of another account needs, keyed as function_names are."
  value = {
    for function in keys(local.functions) : function => jsonencode({
      Version = "2012-10-17"
      Statement = concat(
        local.statements[function],
        contains(["scheduler", "rightsizing"], function) ? local.grant_statements : [],
      )
    })
  }
}

output "failed_queue_arn" {
  description = "Queue of what a schedule could not hand over and of runs that failed: look at it when its alarm rings."
  value       = aws_sqs_queue.failed.arn
}
