# Bills as AWS delivers them. Nothing here writes to it but the delivery.
module "bills" {
  source = "../secure_bucket"

  name            = "${local.prefix}-bills-${local.account_id}"
  kms_key_arn     = aws_kms_key.this.arn
  noncurrent_days = var.noncurrent_days
  force_destroy   = var.force_destroy

  # Both rights on bucket and objects, as the AWS page on buckets for Data Exports asks: legacy reports check the policy.
  service_statements = {
    DeliverBills = {
      services        = local.bill_services
      actions         = ["s3:GetBucketPolicy", "s3:PutObject"]
      source_accounts = local.billing_account_ids
      source_arns = flatten([
        for id in local.billing_account_ids : [
          "arn:${local.partition}:bcm-data-exports:us-east-1:${id}:export/*",
          "arn:${local.partition}:cur:us-east-1:${id}:definition/*",
        ]
      ])
    }
  }
}

# Landing, marts, verdicts and the ledger. Nothing expires: a bill can be asked about years later.
module "lake" {
  source = "../secure_bucket"

  name            = "${local.prefix}-lake-${local.account_id}"
  kms_key_arn     = aws_kms_key.this.arn
  noncurrent_days = var.noncurrent_days
  force_destroy   = var.force_destroy
}

# Results of queries: copies, made again by asking again.
module "athena_results" {
  source = "../secure_bucket"

  name            = "${local.prefix}-athena-results-${local.account_id}"
  kms_key_arn     = aws_kms_key.this.arn
  expire_days     = var.athena_results_days
  noncurrent_days = 1
  force_destroy   = var.force_destroy
}

# So that a run can begin when a bill is delivered. Events of one's own AWS services are free.
resource "aws_s3_bucket_notification" "bills" {
  bucket      = module.bills.name
  eventbridge = true
}
