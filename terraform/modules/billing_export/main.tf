data "aws_caller_identity" "current" {
  provider = aws.us_east_1
}

data "aws_partition" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  prefix     = "${var.name}-${var.environment}"

  # AWS writes this key into an export that has none, and Terraform would then replace the export at every plan.
  billing_view = "arn:${data.aws_partition.current.partition}:billing::${local.account_id}:billingview/primary"

  # Every key is told: one that AWS adds by itself looks like a change.
  tables = {
    cur2 = {
      description = "Cost and Usage Report 2.0"
      table       = "COST_AND_USAGE_REPORT"
      columns     = local.columns.cur2
      configuration = {
        BILLING_VIEW_ARN                      = local.billing_view
        INCLUDE_CAPACITY_RESERVATION_DATA     = "FALSE"
        INCLUDE_IAM_PRINCIPAL_DATA            = "FALSE"
        INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY = "FALSE"
        INCLUDE_RESOURCES                     = "TRUE"
        INCLUDE_SPLIT_COST_ALLOCATION_DATA    = var.split_containers ? "TRUE" : "FALSE"
        TIME_GRANULARITY                      = var.granularity
      }
    }
    focus = {
      description   = "FOCUS 1.2 with the columns of AWS"
      table         = "FOCUS_1_2_AWS"
      columns       = local.columns.focus
      configuration = { TIME_GRANULARITY = var.granularity }
    }
    cost_optimization_hub = {
      description = "Recommendations of the Cost Optimization Hub"
      table       = "COST_OPTIMIZATION_RECOMMENDATIONS"
      columns     = local.columns.cost_optimization_hub
      # All of them: what excludes another is told apart later, as for those that are collected.
      configuration = { FILTER = "{}", INCLUDE_ALL_RECOMMENDATIONS = "TRUE" }
    }
  }
}

resource "aws_bcmdataexports_export" "this" {
  for_each = { for form, table in local.tables : form => table if contains(var.exports, form) }
  provider = aws.us_east_1

  export {
    name        = "${local.prefix}-${replace(each.key, "_", "-")}"
    description = each.value.description

    data_query {
      query_statement      = "SELECT ${join(", ", each.value.columns)} FROM ${each.value.table}"
      table_configurations = { (each.value.table) = each.value.configuration }
    }

    destination_configurations {
      s3_destination {
        s3_bucket = var.bucket
        s3_prefix = each.key
        s3_region = var.bucket_region

        s3_output_configurations {
          # A new folder at each delivery: finops then reads it there and copies nothing, and no reader meets half a file.
          overwrite   = "CREATE_NEW_REPORT"
          format      = "PARQUET"
          compression = "PARQUET"
          output_type = "CUSTOM"
        }
      }
    }

    refresh_cadence {
      frequency = "SYNCHRONOUS"
    }
  }

  depends_on = [aws_costoptimizationhub_enrollment_status.this, aws_iam_service_linked_role.exports]
}

# For who still has readers of the old form.
resource "aws_cur_report_definition" "this" {
  count    = contains(var.exports, "legacy_cur") ? 1 : 0
  provider = aws.us_east_1

  report_name                = "${local.prefix}-legacy-cur"
  time_unit                  = var.granularity
  format                     = "Parquet"
  compression                = "Parquet"
  additional_schema_elements = var.split_containers ? ["RESOURCES", "SPLIT_COST_ALLOCATION_DATA"] : ["RESOURCES"]
  s3_bucket                  = var.bucket
  s3_prefix                  = "legacy_cur"
  s3_region                  = var.bucket_region
  report_versioning          = "CREATE_NEW_REPORT"
  refresh_closed_reports     = true
}

# The hub has no recommendations for an account that did not ask for them; asking is free.
resource "aws_costoptimizationhub_enrollment_status" "this" {
  count    = var.enroll_in_hub ? 1 : 0
  provider = aws.us_east_1

  include_member_accounts = true
}

# Data Exports reads the hub in this role's name. An account has it once.
resource "aws_iam_service_linked_role" "exports" {
  count    = var.enroll_in_hub ? 1 : 0
  provider = aws.us_east_1

  aws_service_name = "bcm-data-exports.amazonaws.com"
}
