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
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/messages", key_id = "messages" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-west-1:123456789012:this" }
  }
}

variables {
  environment  = "dev"
  alert_emails = ["ops@example.com"]
  cost_emails  = ["ops@example.com", "money@example.com"]
}

run "topics_are_encrypted_with_a_key_that_services_may_use" {
  command = plan

  assert {
    condition     = alltrue([for topic in aws_sns_topic.this : topic.kms_master_key_id == aws_kms_key.this.arn]) && aws_kms_key.this.enable_key_rotation
    error_message = "Every topic is encrypted with the key of our own, and that key rotates."
  }

  assert {
    condition = {
      for s in jsondecode(aws_kms_key.this.policy).Statement : s.Sid => try(s.Condition.StringEquals, {})
      } == {
      DelegateToAccount                 = {}
      EncryptForBudgetsAndAnomalies     = { "aws:SourceAccount" = "123456789012" }
      EncryptForAlarms                  = {}
      EncryptForPublishersOfThisAccount = { "kms:CallerAccount" = "123456789012", "kms:ViaService" = "sns.eu-west-1.amazonaws.com" }
    }
    error_message = "Only alarms may come without saying for whom: ${aws_kms_key.this.policy}"
  }

  assert {
    condition = alltrue([
      for s in jsondecode(aws_kms_key.this.policy).Statement :
      toset(flatten([s.Action])) == toset(["kms:Decrypt", "kms:GenerateDataKey*"]) if s.Sid != "DelegateToAccount"
    ])
    error_message = "Publishers encrypt, and do nothing else with the key: ${aws_kms_key.this.policy}"
  }
}

run "only_services_that_come_for_this_account_publish" {
  command = plan

  assert {
    condition = {
      for topic, it in aws_sns_topic_policy.this : topic => [
        for s in jsondecode(it.policy).Statement : [s.Principal.Service, s.Condition] if s.Effect == "Allow"
      ]
      } == {
      alerts = [[["cloudwatch.amazonaws.com"], { StringEquals = { "aws:SourceAccount" = "123456789012" } }]]
      costs  = [[["budgets.amazonaws.com", "costalerts.amazonaws.com"], { StringEquals = { "aws:SourceAccount" = "123456789012" } }]]
    }
    error_message = "Unexpected publishers: ${jsonencode({ for topic, it in aws_sns_topic_policy.this : topic => it.policy })}"
  }

  assert {
    condition = alltrue([
      for it in aws_sns_topic_policy.this :
      contains([for s in jsondecode(it.policy).Statement : s.Sid if s.Effect == "Deny"], "DenyInsecureTransport")
    ])
    error_message = "A message without TLS is denied."
  }
}

run "who_reads_both_topics_is_subscribed_to_both" {
  command = plan

  assert {
    condition     = keys(aws_sns_topic_subscription.this) == ["alerts/ops@example.com", "costs/money@example.com", "costs/ops@example.com"]
    error_message = "Unexpected subscriptions: ${join(", ", keys(aws_sns_topic_subscription.this))}"
  }
}

run "what_is_no_address_is_refused" {
  command = plan

  variables {
    alert_emails      = ["ops"]
    cost_emails       = ["money at example.com"]
    key_deletion_days = 31
  }

  expect_failures = [var.alert_emails, var.cost_emails, var.key_deletion_days]
}
