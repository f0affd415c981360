provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project    = var.name
      owner      = var.owner
      managed_by = "terraform"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

# Versions are kept, so that a state that was spoilt can be brought back. The lock is a file beside the state.
module "state" {
  source = "../modules/secure_bucket"

  name = "${var.name}-state-${data.aws_caller_identity.current.account_id}"
  # The key that AWS keeps for S3 costs nothing, and a state that it encrypts needs no further right.
  kms_key_arn     = "arn:${data.aws_partition.current.partition}:kms:${var.region}:${data.aws_caller_identity.current.account_id}:alias/aws/s3"
  noncurrent_days = 365
}
