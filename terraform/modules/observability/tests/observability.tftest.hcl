mock_provider "aws" {
  override_during = plan

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }

  mock_resource "aws_cloudwatch_metric_alarm" {
    defaults = { arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:mocked" }
  }
}

variables {
  environment       = "dev"
  topic_arn         = "arn:aws:sns:eu-west-1:123456789012:finops-dev-alerts"
  function_names    = { idle_cleanup = "finops-dev-idle_cleanup", scheduler = "finops-dev-scheduler" }
  state_machine_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:finops-dev"
  queue_arns        = { actions = "arn:aws:sqs:eu-west-1:123456789012:finops-dev-actions-dead" }
  currencies        = ["USD", "EUR"]
  spend_thresholds  = { USD = 90000 }
}

run "all_that_is_installed_is_watched_and_drawn" {
  command = plan

  assert {
    condition     = alltrue([for alarm in local.alarms : alarm.alarm_actions == toset([var.topic_arn])])
    error_message = "An alarm that nobody hears is none."
  }

  assert {
    condition = output.alarm_names == sort([
      "finops-dev-actsfailed", "finops-dev-gateclosed", "finops-dev-left-over-actions", "finops-dev-pipeline-failed",
      "finops-dev-pipeline-stale", "finops-dev-refused", "finops-dev-spend-usd-expected", "finops-dev-spend-usd-reached",
      "finops-dev-stale-costs",
    ])
    error_message = "These alarms are expected, not ${jsonencode(output.alarm_names)}"
  }

  assert {
    condition     = alltrue([for alarm in local.alarms : length(alarm.alarm_description) > 40])
    error_message = "Whoever is woken must be told what it means."
  }

  assert {
    condition = alltrue([
      for alarm in concat(aws_cloudwatch_metric_alarm.digest_is_stale, aws_cloudwatch_metric_alarm.pipeline_is_stale) :
      alarm.treat_missing_data == "breaching" && alarm.evaluation_periods == 36 && alarm.datapoints_to_alarm == 36 && alarm.period == 3600
    ])
    error_message = "Staleness is silence for 36 hours in a row."
  }

  assert {
    condition = alltrue([
      for alarm in concat(values(aws_cloudwatch_metric_alarm.ending), values(aws_cloudwatch_metric_alarm.left_over), aws_cloudwatch_metric_alarm.pipeline_failed) :
      alarm.treat_missing_data == "notBreaching"
    ])
    error_message = "No error told is no error."
  }

  assert {
    condition     = length(aws_cloudwatch_log_metric_filter.ending) == length(var.function_names) * length(local.endings)
    error_message = "Each ending of each function."
  }

  assert {
    condition = alltrue([
      for filter in aws_cloudwatch_log_metric_filter.ending :
      startswith(filter.log_group_name, "/aws/lambda/finops-dev-") && contains([for e in local.endings : "\"${e.error}\""], filter.pattern)
    ])
    error_message = "A filter looks for the error's name in the function's own log."
  }

  assert {
    condition = (
      toset([for filter in aws_cloudwatch_log_metric_filter.ending : filter.metric_transformation[0].name])
      == toset([for alarm in aws_cloudwatch_metric_alarm.ending : alarm.metric_name])
    )
    error_message = "Alarms watch what filters count."
  }

  assert {
    condition = { for key, alarm in aws_cloudwatch_metric_alarm.spend : key => "${alarm.metric_name} ${alarm.threshold} ${alarm.dimensions.Currency}" } == {
      "USD-forecast" = "ForecastOfMonth 90000 USD"
      "USD-month"    = "EffectiveCostOfMonth 90000 USD"
    }
    error_message = "Both the forecast and the month so far have the threshold."
  }

  assert {
    condition = alltrue([
      for body in [aws_cloudwatch_dashboard.costs.dashboard_body, aws_cloudwatch_dashboard.operations.dashboard_body] :
      alltrue([for w in jsondecode(body).widgets : w.x + w.width <= 24 && contains(["metric", "alarm"], w.type)])
    ])
    error_message = "A widget hangs over the edge."
  }

  assert {
    condition = [for w in jsondecode(aws_cloudwatch_dashboard.costs.dashboard_body).widgets : w.properties.title] == [
      "The month so far, and what it will come to", "The last seven days", "The month so far, by service",
      "Budgets: percent used", "Anomalies of seven days", "What could be saved a month",
    ]
    error_message = "Trends, services and budgets belong on the first dashboard."
  }

  assert {
    condition     = strcontains(aws_cloudwatch_dashboard.costs.dashboard_body, "\"Currency\",\"EUR\"")
    error_message = "Every currency is drawn."
  }
}

run "what_is_not_installed_is_not_watched" {
  command = plan

  variables {
    function_names    = {}
    state_machine_arn = null
    queue_arns        = {}
    spend_thresholds  = {}
    digest_is_sent    = false
  }

  assert {
    condition     = length(output.alarm_names) == 0
    error_message = "Nothing to watch, nothing to pay for: ${jsonencode(output.alarm_names)}"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.operations.dashboard_body).widgets) == 1
    error_message = "Without alarms there is no list of them, and acts alone are left."
  }
}
