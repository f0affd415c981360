mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/collecting" }
  }
}

variables {
  environment = "dev"
}

run "nothing_can_be_changed" {
  command = plan

  assert {
    condition = alltrue([
      for action in flatten([for s in jsondecode(aws_iam_policy.this.policy).Statement : s.Action]) :
      can(regex("^[a-z0-9-]+:(Describe|Get|List|View)[A-Za-z0-9]+$", action))
    ])
    error_message = "Collecting reads only, and names every action: ${aws_iam_policy.this.policy}"
  }

  assert {
    condition     = length(aws_iam_role.reader) == 0
    error_message = "Without anybody to trust there is no role."
  }
}

run "what_is_not_collected_is_not_allowed" {
  command = plan

  variables {
    sources = ["metrics"]
  }

  assert {
    condition = flatten([for s in jsondecode(aws_iam_policy.this.policy).Statement : s.Action]) == [
      "cloudwatch:GetMetricData",
      "cloudwatch:ListMetrics",
      "ec2:DescribeRegions",
    ]
    error_message = "Only metrics may be asked for: ${aws_iam_policy.this.policy}"
  }
}

run "only_readers_of_named_accounts_are_assumed" {
  command = plan

  variables {
    account_ids = ["000000000042"]
  }

  assert {
    condition = [for s in jsondecode(aws_iam_policy.this.policy).Statement : s.Resource if s.Sid == "AssumeReaders"] == [
      ["arn:aws:iam::000000000042:role/finops-dev-reader"],
    ]
    error_message = "No other role may be assumed: ${aws_iam_policy.this.policy}"
  }
}

run "only_named_roles_may_read_this_account" {
  command = plan

  variables {
    trusted_role_arns = ["arn:aws:iam::000000000042:role/pipeline"]
  }

  assert {
    condition = jsondecode(aws_iam_role.reader[0].assume_role_policy).Statement[0].Principal == {
      AWS = ["arn:aws:iam::000000000042:role/pipeline"]
    }
    error_message = "Only the named role may assume the reader: ${aws_iam_role.reader[0].assume_role_policy}"
  }

  assert {
    condition     = aws_iam_role_policy_attachment.reader[0].policy_arn == aws_iam_policy.this.arn
    error_message = "The reader must have the policy."
  }
}

run "wrong_words_are_refused" {
  command = plan

  variables {
    sources           = ["volumes"]
    account_ids       = ["42"]
    trusted_role_arns = ["arn:aws:iam::000000000042:root"]
  }

  expect_failures = [var.sources, var.account_ids, var.trusted_role_arns]
}
