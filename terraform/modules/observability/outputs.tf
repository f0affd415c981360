locals {
  alarms = concat(
    values(aws_cloudwatch_metric_alarm.ending),
    aws_cloudwatch_metric_alarm.digest_is_stale,
    aws_cloudwatch_metric_alarm.pipeline_failed,
    aws_cloudwatch_metric_alarm.pipeline_is_stale,
    values(aws_cloudwatch_metric_alarm.left_over),
    values(aws_cloudwatch_metric_alarm.spend),
  )
  alarm_arns = [for alarm in local.alarms : alarm.arn]
}

output "alarm_names" {
  description = "Names of all alarms, for a rule that silences them while somebody works."
  value       = sort([for alarm in local.alarms : alarm.alarm_name])
}

output "dashboard_urls" {
  description = "Where the two dashboards are looked at."
  value = {
    for name in [aws_cloudwatch_dashboard.costs.dashboard_name, aws_cloudwatch_dashboard.operations.dashboard_name] :
    name => "https://${local.region}.console.aws.amazon.com/cloudwatch/home?region=${local.region}#dashboards/dashboard/${name}"
  }
}
