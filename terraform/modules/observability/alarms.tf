resource "aws_cloudwatch_log_metric_filter" "ending" {
  for_each = {
    for pair in setproduct(keys(var.function_names), keys(local.endings)) : "${pair[0]}-${pair[1]}" => {
      function = var.function_names[pair[0]]
      ending   = pair[1]
    }
  }

  name           = "${each.value.function}-${each.value.ending}"
  log_group_name = "/aws/lambda/${each.value.function}"
  pattern        = "\"${local.endings[each.value.ending].error}\""

  # One metric for all functions: a metric costs money, a filter does not. Which one it was stands in its log.
  metric_transformation {
    namespace = local.log_namespace
    name      = "${local.prefix}-${each.value.ending}"
    value     = "1"
    unit      = "Count"
  }
}

resource "aws_cloudwatch_metric_alarm" "ending" {
  for_each = length(var.function_names) == 0 ? {} : local.endings

  alarm_name          = "${local.prefix}-${lower(each.key)}"
  alarm_description   = "An action of finops ended because ${each.value.means}. The log of the function says which one and what to do."
  namespace           = local.log_namespace
  metric_name         = "${local.prefix}-${each.key}"
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

# The digest is only sent of daily costs that a fresh green verdict speaks of: where it stays out, something before it did.
resource "aws_cloudwatch_metric_alarm" "digest_is_stale" {
  count = var.digest_is_sent ? 1 : 0

  alarm_name          = "${local.prefix}-stale-costs"
  alarm_description   = "No digest for ${var.stale_after_hours} hours: no new bill, a failed run, a closed gate, or cost_reporter does not act. See finops deliveries, the pipeline's last run, and the alarms beside this one."
  namespace           = local.namespace
  metric_name         = local.metrics.acts
  statistic           = "SampleCount"
  period              = 3600
  evaluation_periods  = var.stale_after_hours
  datapoints_to_alarm = var.stale_after_hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "pipeline_failed" {
  count = var.state_machine_arn == null ? 0 : 1

  alarm_name          = "${local.prefix}-pipeline-failed"
  alarm_description   = "A run of the pipeline failed or took too long: a check was red, a bill was refused, or the engine was. The marts are those of the run before."
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]

  metric_query {
    id          = "bad"
    expression  = "FILL(failed, 0) + FILL(late, 0) + FILL(aborted, 0)"
    label       = "runs that did not end well"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { failed = "ExecutionsFailed", late = "ExecutionsTimedOut", aborted = "ExecutionsAborted" }

    content {
      id = metric_query.key

      metric {
        namespace   = "AWS/States"
        metric_name = metric_query.value
        dimensions  = { StateMachineArn = var.state_machine_arn }
        stat        = "Sum"
        period      = 3600
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "pipeline_is_stale" {
  count = var.state_machine_arn == null ? 0 : 1

  alarm_name          = "${local.prefix}-pipeline-stale"
  alarm_description   = "No run of the pipeline ended well for ${var.stale_after_hours} hours: its schedule does not run, or every run fails."
  namespace           = "AWS/States"
  metric_name         = "ExecutionsSucceeded"
  dimensions          = { StateMachineArn = var.state_machine_arn }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = var.stale_after_hours
  datapoints_to_alarm = var.stale_after_hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

resource "aws_cloudwatch_metric_alarm" "left_over" {
  for_each = local.queues

  alarm_name          = "${local.prefix}-left-over-${each.key}"
  alarm_description   = "Messages lie in the dead-letter queue ${each.value}: calls that nobody carried out. Read one, mend the cause, send them again or delete them."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}

# Told once a day by the digest; between two of them the last word counts.
resource "aws_cloudwatch_metric_alarm" "spend" {
  for_each = {
    for pair in setproduct(keys(var.spend_thresholds), ["month", "forecast"]) : "${pair[0]}-${pair[1]}" => {
      currency = pair[0]
      metric   = pair[1]
    }
  }

  alarm_name          = "${local.prefix}-spend-${lower(each.value.currency)}-${each.value.metric == "month" ? "reached" : "expected"}"
  alarm_description   = "The month's effective cost ${each.value.metric == "month" ? "has passed" : "is expected to pass"} ${var.spend_thresholds[each.value.currency]} ${each.value.currency}. finops report trends tells what moved."
  namespace           = local.namespace
  metric_name         = local.metrics[each.value.metric]
  dimensions          = { Currency = each.value.currency }
  statistic           = "Maximum"
  period              = 86400
  evaluation_periods  = 1
  threshold           = var.spend_thresholds[each.value.currency]
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "ignore"
  alarm_actions       = [var.topic_arn]
}
