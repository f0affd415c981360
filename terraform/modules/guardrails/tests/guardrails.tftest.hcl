mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_ce_anomaly_monitor" {
    defaults = { arn = "arn:aws:ce::123456789012:anomalymonitor/ours" }
  }
}

variables {
  environment = "dev"
  topic_arn   = "arn:aws:sns:eu-west-1:123456789012:finops-dev-costs"
  budgets     = { total = { limit = 1000 } }
}

run "whole_bill_is_watched_by_budget_and_monitor" {
  command = plan

  assert {
    condition = toset([
      for n in aws_budgets_budget.this["total"].notification : "${n.notification_type} ${n.threshold}"
    ]) == toset(["ACTUAL 80", "ACTUAL 100", "FORECASTED 100"])
    error_message = "A budget tells at 80 and 100 percent, and when the forecast passes it."
  }

  assert {
    condition     = alltrue([for n in aws_budgets_budget.this["total"].notification : n.subscriber_sns_topic_arns == toset([var.topic_arn])])
    error_message = "Every threshold tells the topic."
  }

  assert {
    condition     = length(aws_budgets_budget.this["total"].cost_filter) == 0
    error_message = "A budget without filters counts the whole bill."
  }

  assert {
    condition     = aws_ce_anomaly_subscription.this[0].monitor_arn_list == tolist([aws_ce_anomaly_monitor.services[0].arn])
    error_message = "Anomalies of our own monitor are told."
  }
}

run "monitor_that_the_account_has_is_used" {
  command = plan

  variables {
    anomaly_monitor_arn = "arn:aws:ce::123456789012:anomalymonitor/theirs"
  }

  assert {
    condition     = length(aws_ce_anomaly_monitor.services) == 0 && output.anomaly_monitor_arn == var.anomaly_monitor_arn
    error_message = "AWS allows one monitor of services: no second is made."
  }
}

run "budget_counts_what_its_filters_name" {
  command = plan

  variables {
    budgets = {
      total = { limit = 1000 }
      shop  = { limit = 10.5, every = "DAILY", forecast_percents = [], account_ids = ["000000000042"], services = ["Amazon Simple Storage Service"], tags = { Team = "shop" } }
    }
    cost_allocation_tags = ["Team"]
  }

  assert {
    condition = { for f in aws_budgets_budget.this["shop"].cost_filter : f.name => join(",", f.values) } == {
      LinkedAccount = "000000000042"
      Service       = "Amazon Simple Storage Service"
      TagKeyValue   = "user:Team$shop"
    }
    error_message = "Unexpected filters: ${jsonencode(aws_budgets_budget.this["shop"].cost_filter)}"
  }

  assert {
    condition     = aws_budgets_budget.this["shop"].limit_amount == "10.5"
    error_message = "The limit is the one that was given."
  }

  assert {
    condition     = aws_ce_cost_allocation_tag.this["Team"].status == "Active"
    error_message = "The tag becomes a column of the bill."
  }
}

run "nothing_for_the_whole_is_warned_of" {
  command = plan

  variables {
    budgets = { shop = { limit = 10, services = ["Amazon Simple Storage Service"] } }
  }

  expect_failures = [check.somebody_watches_the_whole]
}

run "wrong_words_are_refused" {
  command = plan

  variables {
    topic_arn            = "costs"
    currency             = "dollars"
    budgets              = { total = { limit = 0, every = "WEEKLY" }, day = { limit = 1, every = "DAILY", account_ids = ["42"], actual_percents = [1, 2, 3, 4, 5] } }
    anomaly_monitor_arn  = "ours"
    anomaly_impact       = 0
    cost_allocation_tags = [" "]
  }

  expect_failures = [
    var.topic_arn,
    var.currency,
    var.budgets,
    var.anomaly_monitor_arn,
    var.anomaly_impact,
    var.cost_allocation_tags,
  ]
}
