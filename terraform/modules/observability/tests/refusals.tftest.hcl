mock_provider "aws" {}

variables {
  environment = "dev"
  topic_arn   = "arn:aws:sns:eu-west-1:123456789012:finops-dev-alerts"
}

run "environment_is_one_of_three" {
  command = plan
  variables { environment = "test" }
  expect_failures = [var.environment]
}

run "name_fits_into_names" {
  command = plan
  variables { name = "Fin-Ops" }
  expect_failures = [var.name]
}

run "topic_is_a_topic" {
  command = plan
  variables { topic_arn = "arn:aws:sqs:eu-west-1:123456789012:finops" }
  expect_failures = [var.topic_arn]
}

run "state_machine_is_one" {
  command = plan
  variables { state_machine_arn = "arn:aws:lambda:eu-west-1:123456789012:function:finops" }
  expect_failures = [var.state_machine_arn]
}

run "queues_are_queues" {
  command = plan
  variables { queue_arns = { actions = "arn:aws:sns:eu-west-1:123456789012:finops" } }
  expect_failures = [var.queue_arns]
}

run "keys_of_queues_are_plain" {
  command = plan
  variables { queue_arns = { "My Queue" = "arn:aws:sqs:eu-west-1:123456789012:finops" } }
  expect_failures = [var.queue_arns]
}

run "currencies_are_codes" {
  command = plan
  variables { currencies = ["dollars"] }
  expect_failures = [var.currencies]
}

run "threshold_of_nothing_is_refused" {
  command = plan
  variables { spend_thresholds = { USD = 0 } }
  expect_failures = [var.spend_thresholds]
}

run "threshold_of_another_currency_is_refused" {
  command = plan
  variables { spend_thresholds = { EUR = 100 } }
  expect_failures = [var.spend_thresholds]
}

run "a_week_is_as_far_as_cloudwatch_looks" {
  command = plan
  variables { stale_after_hours = 169 }
  expect_failures = [var.stale_after_hours]
}
