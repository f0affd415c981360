mock_provider "aws" {
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_resource "aws_quicksight_data_source" {
    defaults = { arn = "arn:aws:quicksight:eu-west-1:123456789012:datasource/finops-dev" }
  }

  mock_resource "aws_quicksight_data_set" {
    defaults = { arn = "arn:aws:quicksight:eu-west-1:123456789012:dataset/finops-dev-effective-savings-rates" }
  }
}

variables {
  environment = "dev"
  enabled     = true
  database    = "finops_dev_marts"
  workgroup   = "finops-dev"
  owner_arns  = ["arn:aws:quicksight:eu-west-1:123456789012:group/default/finops"]
  reader_arns = ["arn:aws:quicksight:eu-west-1:123456789012:group/default/everybody"]
}

run "off_by_default_makes_nothing" {
  command = plan

  variables {
    enabled    = false
    owner_arns = []
  }

  assert {
    condition = (
      length(aws_quicksight_data_source.this) + length(aws_quicksight_data_set.this)
      + length(aws_quicksight_refresh_schedule.this) + length(aws_cloudformation_stack.dashboard)
    ) == 0
    error_message = "Without being asked for, nothing is made."
  }
}

run "data_sets_ask_the_marts_of_this_lake_and_the_stack_is_whole" {
  command = plan

  assert {
    condition = alltrue([
      for mart, set in aws_quicksight_data_set.this :
      strcontains(one(one(set.physical_table_map[*]).custom_sql).sql_query, "from finops_dev_marts.${mart}")
    ])
    error_message = "A data set reads its own mart."
  }

  assert {
    condition     = keys(aws_quicksight_refresh_schedule.this) == keys(aws_quicksight_data_set.this)
    error_message = "What SPICE holds is refreshed."
  }

  assert {
    condition     = length(one(aws_cloudformation_stack.dashboard).template_body) < 51200
    error_message = "CloudFormation takes 51,200 bytes; it is ${length(one(aws_cloudformation_stack.dashboard).template_body)}."
  }

  assert {
    # The sign of a template in two parts: Checkov's reader of HCL never ends on the escaped one.
    condition     = !strcontains(one(aws_cloudformation_stack.dashboard).template_body, join("", ["$", "{"]))
    error_message = "A word was not filled in."
  }

  assert {
    condition = [
      for one in jsondecode(one(aws_cloudformation_stack.dashboard).template_body).Resources.Dashboard.Properties.Permissions :
      length(one.Actions)
    ] == [8, 3]
    error_message = "Owners may do more than readers."
  }
}

run "dashboard_without_an_owner_is_refused_and_direct_queries_need_no_refresh" {
  command = plan

  variables {
    owner_arns  = []
    import_mode = "DIRECT_QUERY"
  }

  assert {
    condition     = length(aws_quicksight_refresh_schedule.this) == 0
    error_message = "There is no copy to refresh."
  }

  expect_failures = [aws_cloudformation_stack.dashboard]
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    environment = "test"
    name        = "Fin-Ops"
    owner_arns  = ["arn:aws:iam::123456789012:user/owner"]
    reader_arns = ["arn:aws:iam::123456789012:role/reader"]
    import_mode = "LIVE"
    currency    = "dollars"
    database    = "marts; drop"
  }

  expect_failures = [
    var.environment, var.name, var.owner_arns, var.reader_arns, var.import_mode, var.currency, var.database,
  ]
}
