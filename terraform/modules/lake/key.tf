resource "aws_kms_key" "this" {
  description             = "${local.prefix}: bills, lake and query results"
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
        # S3 asks for the key in the name of the service that delivers a bill.
        Sid       = "EncryptDeliveredBills"
        Effect    = "Allow"
        Principal = { Service = local.bill_services }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = sort(local.billing_account_ids) } }
      },
    ]
  })

  lifecycle {
    precondition {
      condition     = var.environment != "prod" || !var.force_destroy
      error_message = "prod never has force_destroy: one destroy would take the bills and the ledger of what was done to the account."
    }

    precondition {
      condition     = var.environment != "prod" || var.noncurrent_days >= 90
      error_message = "prod keeps replaced versions for at least 90 days (noncurrent_days): AWS corrects a closed month for weeks."
    }

    precondition {
      condition     = var.environment != "prod" || var.key_deletion_days == 30
      error_message = "prod waits 30 days before its key is deleted (key_deletion_days): what it encrypts is lost with it."
    }
  }
}

resource "aws_kms_alias" "this" {
  name          = "alias/${local.prefix}-lake"
  target_key_id = aws_kms_key.this.key_id
}
