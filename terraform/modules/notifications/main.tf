data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  prefix     = "${var.name}-${var.environment}"

  # Two readers: those who keep the system running, and those who answer for what is spent.
  topics = {
    alerts = { emails = var.alert_emails, services = ["cloudwatch.amazonaws.com"] }
    costs  = { emails = var.cost_emails, services = ["budgets.amazonaws.com", "costalerts.amazonaws.com"] }
  }

  emails = merge([
    for topic, it in local.topics : { for email in it.emails : "${topic}/${email}" => { topic = topic, email = email } }
  ]...)
}

# A key of our own, because no service may publish to a topic that the key of AWS (alias/aws/sns) encrypts.
resource "aws_kms_key" "this" {
  description             = "${local.prefix}: messages of its topics"
  enable_key_rotation     = true
  deletion_window_in_days = var.key_deletion_days

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # Without this statement no identity policy in the account counts for the key, and nobody can mend that.
        Sid       = "DelegateToAccount"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "EncryptForBudgetsAndAnomalies"
        Effect    = "Allow"
        Principal = { Service = ["budgets.amazonaws.com", "costalerts.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      },
      {
        # Alarms do not tell KMS for which account they come: with a condition their messages would be lost in silence.
        # The topic's own policy holds them to this account.
        Sid       = "EncryptForAlarms"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
      },
      {
        # Who may publish needs no right on the key: as with the keys that AWS keeps, through SNS and from here alone.
        Sid       = "EncryptForPublishersOfThisAccount"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = {
          StringEquals = {
            "kms:CallerAccount" = local.account_id
            "kms:ViaService"    = "sns.${data.aws_region.current.name}.amazonaws.com"
          }
        }
      },
    ]
  })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${local.prefix}-notifications"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_sns_topic" "this" {
  for_each = local.topics

  name              = "${local.prefix}-${each.key}"
  kms_master_key_id = aws_kms_key.this.arn
}

resource "aws_sns_topic_policy" "this" {
  for_each = local.topics

  arn = aws_sns_topic.this[each.key].arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "PublishForThisAccount"
        Effect    = "Allow"
        Principal = { Service = each.value.services }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this[each.key].arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
      },
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this[each.key].arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# Each address gets a letter with a link; until it is followed nothing else is sent there.
resource "aws_sns_topic_subscription" "this" {
  for_each = local.emails

  topic_arn = aws_sns_topic.this[each.value.topic].arn
  protocol  = "email"
  endpoint  = each.value.email
}
