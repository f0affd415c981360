mock_provider "aws" {}

variables {
  name        = "finops-test"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/lake"
}

run "everything_out_of_range_is_refused" {
  command = plan

  variables {
    name              = "Finops_Test"
    expire_days       = 0
    noncurrent_days   = 0
    abort_upload_days = 31
  }

  expect_failures = [var.name, var.expire_days, var.noncurrent_days, var.abort_upload_days]
}

run "wildcard_action_is_refused" {
  command = plan

  variables {
    service_statements = {
      Anything = {
        services        = ["bcm-data-exports.amazonaws.com"]
        actions         = ["s3:Put*"]
        source_accounts = ["123456789012"]
        source_arns     = ["arn:aws:bcm-data-exports:us-east-1:123456789012:export/*"]
      }
    }
  }

  expect_failures = [var.service_statements]
}

run "service_of_any_customer_is_refused" {
  command = plan

  variables {
    service_statements = {
      Anyone = {
        services        = ["bcm-data-exports.amazonaws.com"]
        actions         = ["s3:PutObject"]
        source_accounts = []
        source_arns     = ["arn:aws:bcm-data-exports:us-east-1:123456789012:export/*"]
      }
    }
  }

  expect_failures = [var.service_statements]
}
