data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

# These words are the lake's own (lake/zones.py, lake/tables.py). A test keeps both sides the same.
locals {
  bill_sources = ["cur2", "legacy_cur", "focus"]

  # Each Glue database, and the folder of the lake that its tables lie in.
  databases = {
    landing = "landing"
    build   = "engine/athena/tables"
    marts   = "marts"
  }
}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  prefix          = "${var.name}-${var.environment}"
  database_prefix = "${var.name}_${var.environment}"

  billing_account_ids = length(var.billing_account_ids) == 0 ? toset([local.account_id]) : var.billing_account_ids
  bill_services       = ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"]
}
