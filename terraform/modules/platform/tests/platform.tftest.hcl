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

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b"] }
  }

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::finops-dev-bills-123456789012" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:topic" }
  }

  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:eu-west-1:123456789012:repository/finops-dev-pipeline", repository_url = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/finops-dev-pipeline" }
  }

  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:finops-dev-pipeline" }
  }
}

mock_provider "aws" {
  alias           = "us_east_1"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  environment           = "dev"
  athena_scan_limit_gib = 10
  athena_results_days   = 3
  noncurrent_days       = 7
  key_deletion_days     = 7
  force_destroy         = true
  image_tag             = "1.0.0"
  tell                  = { alert_emails = ["ops@example.com"] }
  guard                 = { budgets = { total = { limit = 1000 } } }
  # A file that is always there: whether it is a zip is not looked at before apply.
  act = { package_file = "main.tf", layer_arns = ["arn:aws:lambda:eu-west-1:123456789012:layer:pyarrow:1"] }
}

run "next_steps_lead_from_letters_to_plans" {
  command = plan

  assert {
    condition = [for line in split("\n", output.next_steps) : trimspace(substr(line, 0, 24)) if can(regex("^[0-9]\\. ", line))] == [
      "1. Follow the link in AW", "2. Push the image that t", "3. Wait for the first bi", "4. Start a run yourself,", "5. Look at it. `terrafor", "6. Read the plans of the",
    ]
    error_message = "Unexpected steps: ${output.next_steps}"
  }

  assert {
    condition     = strcontains(output.settings, "export FINOPS_LAKE=s3://finops-dev-lake-123456789012\nexport FINOPS_PROFILE=aws")
    error_message = "Settings can be given to a shell as they are: ${output.settings}"
  }
}

run "payer_elsewhere_is_told_what_to_do_there" {
  command = plan

  variables {
    billing_account_ids = ["000000000042"]
    deliver             = { exports = [] }
    run                 = { account_ids = ["000000000007"] }
  }

  assert {
    condition     = strcontains(output.next_steps, "deliver the bills of 000000000042") && strcontains(output.next_steps, "bucket finops-dev-bills-123456789012, prefix cur2")
    error_message = "Who exports elsewhere is told where to: ${output.next_steps}"
  }
}

run "what_is_forgotten_is_warned_of" {
  command = plan

  variables {
    deliver = { exports = [] }
    tell    = {}
    act     = { package_file = "nowhere.zip" }
  }

  expect_failures = [
    check.bills_come_from_somewhere,
    check.somebody_is_told,
    check.actions_have_their_package,
    check.actions_have_pyarrow,
  ]
}
