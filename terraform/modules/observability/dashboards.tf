locals {
  # What every widget of a day's figures has in common: the digest tells each figure once a day.
  daily = { region = local.region, view = "timeSeries", stat = "Maximum", period = 86400 }

  cost_widgets = [
    merge(local.daily, {
      title   = "The month so far, and what it will come to"
      metrics = concat([for one in var.currencies : [local.namespace, local.metrics.month, "Currency", one]], [for one in var.currencies : [local.namespace, local.metrics.forecast, "Currency", one]])
    }),
    merge(local.daily, {
      title   = "The last seven days"
      metrics = [for one in var.currencies : [local.namespace, local.metrics.week, "Currency", one]]
    }),
    merge(local.daily, {
      title   = "The month so far, by service"
      stacked = true
      metrics = [[{ expression = "SORT(SEARCH('{${local.namespace},Currency,Service} MetricName=\"${local.metrics.month}\"', 'Maximum', 86400), MAX, DESC, 12)", id = "services" }]]
    }),
    merge(local.daily, {
      title       = "Budgets: percent used"
      annotations = { horizontal = [{ label = "limit", value = 100 }] }
      metrics     = [[{ expression = "SEARCH('{${local.namespace},Account,Budget} MetricName=\"${local.metrics.budget}\"', 'Maximum', 86400)", id = "budgets" }]]
    }),
    merge(local.daily, {
      title   = "Anomalies of seven days"
      metrics = [for one in var.currencies : [local.namespace, local.metrics.anomalies, "Currency", one]]
    }),
    merge(local.daily, {
      title   = "What could be saved a month"
      metrics = [for one in var.currencies : [local.namespace, local.metrics.savings, "Currency", one]]
    }),
  ]

  pipeline_widgets = [for widget in [{
    title  = "Runs of the pipeline"
    region = local.region
    view   = "timeSeries"
    stat   = "Sum"
    period = 3600
    metrics = [
      for name in ["ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"] :
      ["AWS/States", name, "StateMachineArn", var.state_machine_arn]
    ]
  }] : widget if var.state_machine_arn != null]

  function_widgets = [for widget in [
    {
      title   = "Actions that did not end well"
      region  = local.region
      view    = "timeSeries"
      stat    = "Sum"
      period  = 3600
      metrics = [for ending in sort(keys(local.endings)) : [local.log_namespace, "${local.prefix}-${ending}"]]
    },
    {
      title   = "Errors by action"
      region  = local.region
      view    = "timeSeries"
      stat    = "Sum"
      period  = 3600
      metrics = [for action in sort(keys(var.function_names)) : ["AWS/Lambda", "Errors", "FunctionName", var.function_names[action], { label = action }]]
    },
    {
      title   = "Seconds of the slowest run, of 900"
      region  = local.region
      view    = "timeSeries"
      stat    = "Maximum"
      period  = 3600
      metrics = [for action in sort(keys(var.function_names)) : ["AWS/Lambda", "Duration", "FunctionName", var.function_names[action], { label = action }]]
    },
  ] : widget if length(var.function_names) > 0]

  queue_widgets = [for widget in [{
    title   = "Left over in dead-letter queues"
    region  = local.region
    view    = "timeSeries"
    stat    = "Maximum"
    period  = 300
    metrics = [for key in sort(keys(local.queues)) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", local.queues[key], { label = key }]]
  }] : widget if length(local.queues) > 0]

  operation_widgets = concat(
    local.pipeline_widgets,
    local.function_widgets,
    local.queue_widgets,
    [merge(local.daily, { title = "Acts done", stat = "Sum", metrics = [[local.namespace, local.metrics.acts]] })],
  )
}

resource "aws_cloudwatch_dashboard" "costs" {
  dashboard_name = "${local.prefix}-costs"
  dashboard_body = jsonencode({
    start = "-P30D"
    widgets = [
      for at, properties in local.cost_widgets :
      { type = "metric", x = at % 2 * 12, y = floor(at / 2) * 7, width = 12, height = 7, properties = properties }
    ]
  })
}

resource "aws_cloudwatch_dashboard" "operations" {
  dashboard_name = "${local.prefix}-operations"
  dashboard_body = jsonencode({
    start = "-P7D"
    widgets = concat(
      [
        for arns in [local.alarm_arns] :
        { type = "alarm", x = 0, y = 0, width = 24, height = 3, properties = { title = "Alarms", alarms = arns } } if length(arns) > 0
      ],
      [
        for at, properties in local.operation_widgets :
        { type = "metric", x = at % 2 * 12, y = 3 + floor(at / 2) * 7, width = 12, height = 7, properties = properties }
      ],
    )
  })
}
