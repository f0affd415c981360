mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  environment           = "prod"
  athena_scan_limit_gib = 100
  noncurrent_days       = 90
}

run "prod_with_its_guards_is_accepted" {
  command = plan
}

run "prod_refuses_force_destroy" {
  command = plan

  variables {
    force_destroy = true
  }

  expect_failures = [aws_kms_key.this]
}

run "prod_refuses_short_retention" {
  command = plan

  variables {
    noncurrent_days = 89
  }

  expect_failures = [aws_kms_key.this]
}

run "prod_refuses_a_hasty_end_of_its_key" {
  command = plan

  variables {
    key_deletion_days = 29
  }

  expect_failures = [aws_kms_key.this]
}

run "everything_out_of_range_is_refused" {
  command = plan

  variables {
    name                  = "Fin-Ops"
    environment           = "production"
    billing_account_ids   = ["42"]
    athena_scan_limit_gib = 0
    athena_results_days   = 0
    noncurrent_days       = 0
    key_deletion_days     = 6
  }

  expect_failures = [
    var.name,
    var.environment,
    var.billing_account_ids,
    var.athena_scan_limit_gib,
    var.athena_results_days,
    var.noncurrent_days,
    var.key_deletion_days,
  ]
}
