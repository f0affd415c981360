mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }

  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/lake", key_id = "lake" }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mocked" }
  }
}

variables {
  environment           = "dev"
  athena_scan_limit_gib = 10
  noncurrent_days       = 7
}

run "key_is_rotated_and_delegated_to_the_account" {
  command = plan

  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "The key must rotate."
  }

  assert {
    condition = [for s in jsondecode(aws_kms_key.this.policy).Statement : s if s.Sid == "DelegateToAccount"] == [{
      Sid       = "DelegateToAccount"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
    error_message = "Without the root statement no identity policy counts: ${aws_kms_key.this.policy}"
  }

  assert {
    condition = alltrue([
      for s in jsondecode(aws_kms_key.this.policy).Statement :
      s.Condition.StringEquals["aws:SourceAccount"] == ["123456789012"]
      if can(s.Principal.Service)
    ])
    error_message = "A service may use the key only for this account: ${aws_kms_key.this.policy}"
  }
}

run "every_bucket_denies_calls_without_tls" {
  command = plan

  assert {
    condition = alltrue([
      for policy in [module.bills.policy, module.lake.policy, module.athena_results.policy] :
      contains([for s in jsondecode(policy).Statement : s.Sid if s.Effect == "Deny"], "DenyInsecureTransport")
    ])
    error_message = "All three buckets must deny calls without TLS."
  }

  assert {
    condition = alltrue([
      for policy in [module.lake.policy, module.athena_results.policy] :
      length([for s in jsondecode(policy).Statement : s if s.Effect == "Allow"]) == 0
    ])
    error_message = "Only the bills bucket may let a service in."
  }
}

run "only_billing_may_deliver_bills" {
  command = plan

  assert {
    condition = [for s in jsondecode(module.bills.policy).Statement : s.Principal.Service if s.Effect == "Allow"] == [
      ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"],
    ]
    error_message = "Only AWS billing may write to the bills bucket: ${module.bills.policy}"
  }

  assert {
    condition = alltrue([
      for s in jsondecode(module.bills.policy).Statement :
      s.Condition.StringEquals["aws:SourceAccount"] == ["123456789012"] &&
      s.Condition.ArnLike["aws:SourceArn"] == [
        "arn:aws:bcm-data-exports:us-east-1:123456789012:export/*",
        "arn:aws:cur:us-east-1:123456789012:definition/*",
      ]
      if s.Effect == "Allow"
    ])
    error_message = "A delivery must come from this account's exports: ${module.bills.policy}"
  }
}

run "payer_in_another_account_replaces_this_one" {
  command = plan

  variables {
    billing_account_ids = ["000000000042"]
  }

  assert {
    condition = alltrue([
      for s in concat(jsondecode(module.bills.policy).Statement, jsondecode(aws_kms_key.this.policy).Statement) :
      s.Condition.StringEquals["aws:SourceAccount"] == ["000000000042"]
      if can(s.Principal.Service)
    ])
    error_message = "Bucket and key must admit the payer's bills, and no one else's."
  }
}

run "workgroup_cannot_be_got_around" {
  command = plan

  assert {
    condition = (
      aws_athena_workgroup.this.configuration[0].enforce_workgroup_configuration &&
      aws_athena_workgroup.this.configuration[0].publish_cloudwatch_metrics_enabled
    )
    error_message = "The workgroup must be enforced and measured."
  }

  assert {
    condition     = aws_athena_workgroup.this.configuration[0].bytes_scanned_cutoff_per_query == 10737418240
    error_message = "Ten GiB are 10737418240 bytes."
  }

  assert {
    condition = (
      aws_athena_workgroup.this.configuration[0].result_configuration[0].output_location == "s3://finops-dev-athena-results-123456789012/" &&
      aws_athena_workgroup.this.configuration[0].result_configuration[0].expected_bucket_owner == "123456789012" &&
      aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS" &&
      aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].kms_key_arn == aws_kms_key.this.arn
    )
    error_message = "Results must go to our own bucket, encrypted with the lake's key."
  }
}

run "databases_lie_over_their_tables" {
  command = plan

  assert {
    condition = output.glue_databases == {
      landing = "finops_dev_landing"
      build   = "finops_dev_build"
      marts   = "finops_dev_marts"
    }
    error_message = "Databases must be named <name>_<environment>_<use>."
  }

  assert {
    condition = { for use, database in aws_glue_catalog_database.this : use => database.location_uri } == {
      landing = "s3://finops-dev-lake-123456789012/landing/"
      build   = "s3://finops-dev-lake-123456789012/engine/athena/tables/"
      marts   = "s3://finops-dev-lake-123456789012/marts/"
    }
    error_message = "A database must lie over the folder that its tables lie in."
  }

  assert {
    condition = output.bill_addresses == {
      cur2       = "s3://finops-dev-bills-123456789012/cur2"
      legacy_cur = "s3://finops-dev-bills-123456789012/legacy_cur"
      focus      = "s3://finops-dev-bills-123456789012/focus"
    }
    error_message = "Each form of bill has its own prefix."
  }

  assert {
    condition = output.settings == {
      AWS_REGION              = "eu-west-1"
      FINOPS_ATHENA_RESULTS   = "s3://finops-dev-athena-results-123456789012/"
      FINOPS_ATHENA_WORKGROUP = "finops-dev"
      FINOPS_GLUE_PREFIX      = "finops_dev"
      FINOPS_LAKE             = "s3://finops-dev-lake-123456789012"
      FINOPS_PROFILE          = "aws"
    }
    error_message = "These are the very settings: ${jsonencode(output.settings)}"
  }
}

run "ten_questions_are_saved_in_the_workgroup" {
  command = plan

  assert {
    condition     = length(aws_athena_named_query.this) == 10 && alltrue([for q in aws_athena_named_query.this : q.workgroup == "finops-dev"])
    error_message = "Ten queries lie in the workgroup that limits them."
  }

  assert {
    condition     = alltrue([for q in aws_athena_named_query.this : endswith(q.description, "?") || strcontains(q.description, "? ")])
    error_message = "The description of each is its question: ${jsonencode([for q in aws_athena_named_query.this : q.description])}"
  }

  assert {
    condition     = alltrue([for q in aws_athena_named_query.this : strcontains(q.query, "finops_dev_marts.")])
    error_message = "Each asks the marts of this environment."
  }
}

run "deliveries_of_bills_are_told" {
  command = plan

  assert {
    condition     = aws_s3_bucket_notification.bills.eventbridge
    error_message = "A run can begin when a bill comes."
  }
}
