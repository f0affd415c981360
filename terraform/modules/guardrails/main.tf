data "aws_caller_identity" "current" {}

locals {
  prefix = "${var.name}-${var.environment}"

  notifications = {
    for key, budget in var.budgets : key => concat(
      [for percent in sort(tolist(budget.actual_percents)) : { percent = percent, kind = "ACTUAL" }],
      [for percent in sort(tolist(budget.forecast_percents)) : { percent = percent, kind = "FORECASTED" }],
    )
  }
}

resource "aws_budgets_budget" "this" {
  for_each = var.budgets

  account_id   = data.aws_caller_identity.current.account_id
  name         = "${local.prefix}-${each.key}"
  budget_type  = "COST"
  limit_amount = tostring(each.value.limit)
  limit_unit   = var.currency
  time_unit    = each.value.every

  dynamic "cost_filter" {
    for_each = merge(
      length(each.value.account_ids) == 0 ? {} : { LinkedAccount = sort(tolist(each.value.account_ids)) },
      length(each.value.services) == 0 ? {} : { Service = sort(tolist(each.value.services)) },
      length(each.value.tags) == 0 ? {} : { TagKeyValue = [for tag, value in each.value.tags : format("user:%s$%s", tag, value)] },
    )

    content {
      name   = cost_filter.key
      values = cost_filter.value
    }
  }

  dynamic "notification" {
    for_each = local.notifications[each.key]

    content {
      comparison_operator       = "GREATER_THAN"
      threshold                 = notification.value.percent
      threshold_type            = "PERCENTAGE"
      notification_type         = notification.value.kind
      subscriber_sns_topic_arns = [var.topic_arn]
    }
  }
}

# AWS lets an account have one monitor of all services. Where there is one it is used.
resource "aws_ce_anomaly_monitor" "services" {
  count = var.watch_anomalies && var.anomaly_monitor_arn == null ? 1 : 0

  name              = "${local.prefix}-services"
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "this" {
  count = var.watch_anomalies ? 1 : 0

  name             = "${local.prefix}-anomalies"
  frequency        = "IMMEDIATE"
  monitor_arn_list = [var.anomaly_monitor_arn == null ? aws_ce_anomaly_monitor.services[0].arn : var.anomaly_monitor_arn]

  subscriber {
    type    = "SNS"
    address = var.topic_arn
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [tostring(var.anomaly_impact)]
    }
  }
}

resource "aws_ce_cost_allocation_tag" "this" {
  for_each = var.cost_allocation_tags

  tag_key = each.key
  status  = "Active"
}

check "somebody_watches_the_whole" {
  assert {
    condition     = anytrue([for budget in var.budgets : length(budget.account_ids) + length(budget.services) + length(budget.tags) == 0])
    error_message = "No budget covers the whole bill: what lies outside of every filter grows unseen. Give `budgets` one without filters."
  }
}
