output "state_machine_arn" {
  description = "The steps: start an execution of it for a run now."
  # By its name, so that it is known before it is made: alarms are counted by it.
  value = local.state_machine_arn

  depends_on = [aws_sfn_state_machine.this]
}

output "repository_url" {
  description = "Where the image is pushed to."
  value       = aws_ecr_repository.this.repository_url
}

output "image" {
  description = "The image that tasks run: push it under this name before the first run."
  value       = "${aws_ecr_repository.this.repository_url}:${var.image_tag}"
}

output "log_group" {
  description = "Log of the tasks."
  value       = aws_cloudwatch_log_group.this.name
}

output "task_role_arn" {
  description = "Role of the tasks: whom the reader roles of other accounts trust."
  value       = aws_iam_role.this["task"].arn
}

output "cluster_arn" {
  description = "Cluster that the tasks run in."
  value       = aws_ecs_cluster.this.arn
}

output "steps" {
  description = "The steps in their order, with the command that each is."
  value       = [for step in local.steps : "finops ${join(" ", step.command)}"]
}
