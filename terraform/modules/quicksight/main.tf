data "aws_caller_identity" "current" {}

locals {
  prefix = "${var.name}-${var.environment}"
  # Both files are written by `python -m dashboards.quicksight` from the page's own list of panels.
  all  = jsondecode(file("${path.module}/datasets.json"))
  sets = { for mart, set in local.all : mart => set if var.enabled }

  owner_actions = {
    source = [
      "quicksight:DescribeDataSource", "quicksight:DescribeDataSourcePermissions", "quicksight:PassDataSource",
      "quicksight:UpdateDataSource", "quicksight:DeleteDataSource", "quicksight:UpdateDataSourcePermissions",
    ]
    set = [
      "quicksight:DescribeDataSet", "quicksight:DescribeDataSetPermissions", "quicksight:PassDataSet",
      "quicksight:DescribeIngestion", "quicksight:ListIngestions", "quicksight:UpdateDataSet", "quicksight:DeleteDataSet",
      "quicksight:CreateIngestion", "quicksight:CancelIngestion", "quicksight:UpdateDataSetPermissions",
    ]
    dashboard = [
      "quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard",
      "quicksight:UpdateDashboard", "quicksight:DeleteDashboard", "quicksight:DescribeDashboardPermissions",
      "quicksight:UpdateDashboardPermissions", "quicksight:UpdateDashboardPublishedVersion",
    ]
  }
  reader_actions = ["quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", "quicksight:QueryDashboard"]

  definition = jsondecode(templatefile("${path.module}/definition.json", merge(
    { currency = var.currency },
    { for mart in keys(local.all) : "arn_${mart}" => var.enabled ? aws_quicksight_data_set.this[mart].arn : "" },
  )))
}

resource "aws_quicksight_data_source" "this" {
  count = var.enabled ? 1 : 0

  data_source_id = local.prefix
  name           = "${local.prefix} marts"
  type           = "ATHENA"

  parameters {
    athena {
      work_group = var.workgroup
    }
  }

  dynamic "permission" {
    for_each = var.owner_arns

    content {
      principal = permission.value
      actions   = local.owner_actions.source
    }
  }
}

resource "aws_quicksight_data_set" "this" {
  for_each = local.sets

  data_set_id = "${local.prefix}-${each.key}"
  name        = "${local.prefix} ${each.key}"
  import_mode = var.import_mode

  physical_table_map {
    physical_table_map_id = replace(each.key, "_", "-")

    custom_sql {
      data_source_arn = aws_quicksight_data_source.this[0].arn
      name            = each.key
      sql_query       = replace(each.value.sql, "{database}", var.database)

      dynamic "columns" {
        for_each = each.value.columns

        content {
          name = columns.value.name
          type = columns.value.type
        }
      }
    }
  }

  dynamic "permissions" {
    for_each = var.owner_arns

    content {
      principal = permissions.value
      actions   = local.owner_actions.set
    }
  }
}

# After the pipeline's run: the bill comes once a day.
resource "aws_quicksight_refresh_schedule" "this" {
  for_each = var.import_mode == "SPICE" ? local.sets : {}

  data_set_id = aws_quicksight_data_set.this[each.key].data_set_id
  schedule_id = "daily"

  schedule {
    refresh_type = "FULL_REFRESH"

    schedule_frequency {
      interval        = "DAILY"
      time_of_the_day = "12:00"
      timezone        = "UTC"
    }
  }
}

# Terraform's own block for definitions breaks on many visuals; CloudFormation takes AWS's JSON as it is.
resource "aws_cloudformation_stack" "dashboard" {
  # checkov:skip=CKV_AWS_124:It holds one dashboard; Terraform tells of a failure itself.
  count = var.enabled ? 1 : 0

  name = "${local.prefix}-quicksight"
  template_body = jsonencode({
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "The dashboard of finops in QuickSight"
    Resources = {
      Dashboard = {
        Type = "AWS::QuickSight::Dashboard"
        Properties = merge(
          {
            AwsAccountId = data.aws_caller_identity.current.account_id
            DashboardId  = local.prefix
            Name         = "Cloud cost, ${local.prefix}"
            Definition   = local.definition
          },
          length(var.owner_arns) + length(var.reader_arns) == 0 ? {} : {
            Permissions = concat(
              [for arn in sort(tolist(var.owner_arns)) : { Principal = arn, Actions = local.owner_actions.dashboard }],
              [for arn in sort(tolist(setsubtract(var.reader_arns, var.owner_arns))) : { Principal = arn, Actions = local.reader_actions }],
            )
          },
        )
      }
    }
  })

  lifecycle {
    precondition {
      condition     = length(var.owner_arns) > 0
      error_message = "Name at least one owner in owner_arns: without one nobody can see the dashboard, not even an administrator."
    }
  }
}
