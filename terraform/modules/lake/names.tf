data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

# These words are the lake's own (lake/zones.py, lake/tables.py). A test keeps both sides the same.
locals {
  zones        = ["landing", "marts"]
  bill_sources = ["cur2", "legacy_cur", "focus"]
}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition

  prefix          = "${var.name}-${var.environment}"
  database_prefix = "${var.name}_${var.environment}"

  billing_account_ids = length(var.billing_account_ids) == 0 ? toset([local.account_id]) : var.billing_account_ids
  bill_services       = ["bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com"]
}
