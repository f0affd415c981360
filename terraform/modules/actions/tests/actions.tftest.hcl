mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-west-1:123456789012:log-group:this" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/this" }
  }

  mock_data "aws_region" {
    defaults = { name = "eu-west-1" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-west-1:123456789012:failed" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-west-1:123456789012:function:this" }
  }

  mock_resource "aws_cloudwatch_event_rule" {
    defaults = { arn = "arn:aws:events:eu-west-1:123456789012:rule/this" }
  }
}

variables {
  environment      = "dev"
  lake_uri         = "s3://finops-dev-lake/team"
  kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/lake"
  topic_arn        = "arn:aws:sns:eu-west-1:123456789012:finops"
  alerts_topic_arn = "arn:aws:sns:eu-west-1:123456789012:alerts"
  package_file     = "actions.zip"
}

run "nothing_acts_unless_told" {
  command = plan

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : !anytrue(values({ for key, value in jsondecode(target.input) : key => value if contains(["apply", "mark"], key) }))])
    error_message = "Every action is a dry run by default."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_target.this["idle_cleanup"].input).grace_days == 7
    error_message = "What is deleted is marked for a week first."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.failed : alarm.alarm_actions == toset([var.alerts_topic_arn])])
    error_message = "A function that fails is told to those who keep the system running."
  }

  assert {
    condition     = length(aws_lambda_function.this) == 8
    error_message = "There is a function for each action, and one more for each that marks first."
  }
}

run "each_role_has_its_own_statements_and_those_of_the_lake" {
  command = plan

  assert {
    condition = [for s in jsondecode(aws_iam_role_policy.this["cost_reporter"].policy).Statement : s.Sid] == [
      "SendTheDigest", "WriteOurMetricsAlone", "ListLake", "ReadLake", "WriteWhatActionsWrite", "UseTheKeyOfTheLake", "WriteItsLog", "LeaveWhatFailed",
    ]
    error_message = "Unexpected statements: ${aws_iam_role_policy.this["cost_reporter"].policy}"
  }

  assert {
    condition = contains(flatten([
      for s in jsondecode(aws_iam_role_policy.this["scheduler"].policy).Statement : s.Resource if s.Sid == "WriteWhatActionsWrite"
    ]), "arn:aws:s3:::finops-dev-lake/team/actions/ledger/*")
    error_message = "The lake lies below its prefix: ${aws_iam_role_policy.this["scheduler"].policy}"
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.this["auto_tagger"].policy).Statement :
      s.Condition["ForAllValues:StringEquals"]["aws:TagKeys"] if s.Sid == "WriteTheseKeysAlone"
    ] == [["CostCenter", "Environment", "Owner", "finops:tagged-by"]]
    error_message = "Only these keys may be written: ${aws_iam_role_policy.this["auto_tagger"].policy}"
  }
}

run "one_action_acts_in_other_accounts_with_keys_of_volumes" {
  command = plan

  variables {
    actions         = ["scheduler"]
    apply           = ["scheduler"]
    account_ids     = ["000000000042"]
    volume_key_arns = ["arn:aws:kms:eu-west-1:123456789012:key/volumes"]
    regions         = ["all"]
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_target.this["scheduler"].input) == { apply = true }
    error_message = "What apply names acts."
  }

  assert {
    condition     = aws_lambda_function.this["scheduler"].environment[0].variables.FINOPS_ACCOUNTS == "123456789012,000000000042"
    error_message = "Its own account is looked at as well."
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.this["scheduler"].policy).Statement : s.Resource if s.Sid == "ActInOtherAccounts"
    ] == [["arn:aws:iam::000000000042:role/finops-dev-scheduler-actor"]]
    error_message = "No other role may be assumed: ${aws_iam_role_policy.this["scheduler"].policy}"
  }

  assert {
    condition = [
      for s in jsondecode(output.account_policies["scheduler"]).Statement : s.Condition if s.Sid == "LetEc2UseTheKeysOfVolumes"
    ] == [{ Bool = { "kms:GrantIsForAWSResource" = "true" }, StringLike = { "kms:ViaService" = "ec2.*.amazonaws.com" } }]
    error_message = "A grant is for EC2 alone: ${output.account_policies["scheduler"]}"
  }
}

run "one_function_marks_and_another_one_acts" {
  command = plan

  variables {
    actions     = ["idle_cleanup"]
    apply       = ["idle_cleanup"]
    account_ids = ["000000000042"]
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_target.this["idle_cleanup_marker"].input) == { mark = true, notify_builds = 2 }
    error_message = "What marks does not act: ${aws_cloudwatch_event_target.this["idle_cleanup_marker"].input}"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_target.this["idle_cleanup"].input) == { apply = true, grace_builds = 2, grace_days = 7, notify_builds = 2 }
    error_message = "What acts waits for its grace: ${aws_cloudwatch_event_target.this["idle_cleanup"].input}"
  }

  assert {
    condition     = aws_lambda_function.this["idle_cleanup_marker"].handler == "lambdas.idle_cleanup.handler.handler"
    error_message = "Both are the same code."
  }

  assert {
    condition     = aws_lambda_function.this["idle_cleanup_marker"].environment[0].variables.FINOPS_ROLE_NAME == "finops-dev-idle_cleanup_marker-actor"
    error_message = "In other accounts, too, they are two roles."
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.this["idle_cleanup"].policy).Statement : s.Condition if s.Sid == "DeleteMarkedVolumes"
    ] == [{ StringLike = { "aws:ResourceTag/finops:mark:idle_cleanup" = "delete *" } }]
    error_message = "Nothing is deleted that is not marked: ${aws_iam_role_policy.this["idle_cleanup"].policy}"
  }

  assert {
    condition = contains(flatten([
      for s in jsondecode(aws_iam_role_policy.this["idle_cleanup"].policy).Statement : s.Resource if s.Sid == "DeleteMarkedVolumes"
    ]), "arn:aws:ec2:*:$${aws:PrincipalAccount}:volume/*")
    error_message = "Only what is of its own account is deleted: ${aws_iam_role_policy.this["idle_cleanup"].policy}"
  }
}

run "wrong_words_are_refused" {
  command = plan

  variables {
    lake_uri         = "finops-dev-lake"
    topic_arn        = "finops"
    alerts_topic_arn = "finops"
    actions          = ["scheduler", "deleter"]
    tag_keys         = ["finops:protect"]
    account_ids      = ["42"]
  }

  expect_failures = [var.lake_uri, var.topic_arn, var.alerts_topic_arn, var.actions, var.tag_keys, var.account_ids]
}

run "what_is_not_installed_cannot_act" {
  command = plan

  variables {
    actions = ["scheduler"]
    apply   = ["idle_cleanup"]
  }

  expect_failures = [var.apply]
}

run "what_failed_is_kept_for_people" {
  command = plan

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.dead_letter_config[0].arn == aws_sqs_queue.failed.arn])
    error_message = "Every schedule leaves what it could not hand over."
  }

  assert {
    condition     = alltrue([for invoke in aws_lambda_function_event_invoke_config.this : invoke.destination_config[0].on_failure[0].destination == aws_sqs_queue.failed.arn])
    error_message = "The event of a failed run is kept."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_policy.failed.policy).Statement[0].Condition.ArnEquals["aws:SourceArn"] != []
    error_message = "No schedule but ours may write: ${aws_sqs_queue_policy.failed.policy}"
  }

  assert {
    condition     = length(aws_lambda_function.this["scheduler"].vpc_config) == 0
    error_message = "No network is joined unless one is named."
  }
}

run "functions_join_a_network_and_may_not_make_interfaces_themselves" {
  command = plan

  variables {
    actions = ["scheduler"]
    network = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }

  assert {
    condition     = aws_lambda_function.this["scheduler"].vpc_config[0].subnet_ids == toset(["subnet-1"])
    error_message = "The network that is named is joined."
  }

  assert {
    condition = [
      for s in jsondecode(aws_iam_role_policy.this["scheduler"].policy).Statement : s.Condition if s.Sid == "KeepTheFunctionFromInterfaces"
    ] == [{ ArnEquals = { "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-west-1:123456789012:function:finops-dev-scheduler" } }]
    error_message = "Interfaces are Lambda's business: ${aws_iam_role_policy.this["scheduler"].policy}"
  }
}

run "a_network_without_subnets_is_refused" {
  command = plan

  variables {
    network = { subnet_ids = [], security_group_ids = ["sg-1"] }
  }

  expect_failures = [var.network]
}
