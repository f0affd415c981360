mock_provider "aws" {}

variables {
  environment = "dev"
  topic_arn   = "arn:aws:sns:eu-west-1:123456789012:finops-dev-alerts"
}

# Each run is a plan: what can be refused together is.
run "wrong_values_are_refused" {
  command = plan

  variables {
    environment       = "test"
    name              = "Fin-Ops"
    topic_arn         = "arn:aws:sqs:eu-west-1:123456789012:finops"
    state_machine_arn = "arn:aws:lambda:eu-west-1:123456789012:function:finops"
    queue_arns        = { actions = "arn:aws:sns:eu-west-1:123456789012:finops" }
    spend_thresholds  = { USD = 0 }
    stale_after_hours = 169
  }

  expect_failures = [
    var.environment, var.name, var.topic_arn, var.state_machine_arn, var.queue_arns, var.spend_thresholds,
    var.stale_after_hours,
  ]
}

run "names_that_do_not_fit_are_refused" {
  command = plan

  variables {
    queue_arns       = { "My Queue" = "arn:aws:sqs:eu-west-1:123456789012:finops" }
    spend_thresholds = { EUR = 100 }
  }

  expect_failures = [var.queue_arns, var.spend_thresholds]
}

run "words_that_are_no_currencies_are_refused" {
  command = plan

  variables {
    currencies = ["dollars"]
  }

  expect_failures = [var.currencies]
}
