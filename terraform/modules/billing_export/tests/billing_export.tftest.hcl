mock_provider "aws" {
  override_during = plan

  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

mock_provider "aws" {
  alias           = "us_east_1"
  override_during = plan

  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
}

variables {
  environment   = "dev"
  bucket        = "finops-dev-bills-123456789012"
  bucket_region = "eu-west-1"
}

run "bill_comes_as_finops_reads_it_in_place" {
  command = plan

  assert {
    condition     = keys(aws_bcmdataexports_export.this) == ["cur2"] && length(aws_cur_report_definition.this) == 0
    error_message = "CUR 2.0 alone is exported unless more is asked for."
  }

  assert {
    condition = aws_bcmdataexports_export.this["cur2"].export[0].destination_configurations[0].s3_destination[0].s3_output_configurations[0] == {
      compression = "PARQUET"
      format      = "PARQUET"
      output_type = "CUSTOM"
      overwrite   = "CREATE_NEW_REPORT"
    }
    error_message = "Only Parquet in new folders can be read where AWS delivers it."
  }

  assert {
    condition = aws_bcmdataexports_export.this["cur2"].export[0].data_query[0].table_configurations.COST_AND_USAGE_REPORT == tomap({
      BILLING_VIEW_ARN                      = "arn:aws:billing::123456789012:billingview/primary"
      INCLUDE_CAPACITY_RESERVATION_DATA     = "FALSE"
      INCLUDE_IAM_PRINCIPAL_DATA            = "FALSE"
      INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY = "FALSE"
      INCLUDE_RESOURCES                     = "TRUE"
      INCLUDE_SPLIT_COST_ALLOCATION_DATA    = "FALSE"
      TIME_GRANULARITY                      = "HOURLY"
    })
    error_message = "A key that is left to AWS replaces the export at every plan."
  }

  assert {
    condition     = !strcontains(aws_bcmdataexports_export.this["cur2"].export[0].data_query[0].query_statement, "split_line_item")
    error_message = "Columns of split costs are there only where they are asked for."
  }
}

run "every_form_has_a_folder_of_its_own" {
  command = plan

  variables {
    exports          = ["cur2", "focus", "cost_optimization_hub", "legacy_cur"]
    granularity      = "DAILY"
    split_containers = true
  }

  assert {
    condition = {
      for form, it in aws_bcmdataexports_export.this : form => it.export[0].destination_configurations[0].s3_destination[0].s3_prefix
    } == { cur2 = "cur2", focus = "focus", cost_optimization_hub = "cost_optimization_hub" }
    error_message = "The prefix is the name of the source in the lake."
  }

  assert {
    condition     = strcontains(aws_bcmdataexports_export.this["cur2"].export[0].data_query[0].query_statement, "split_line_item_split_cost")
    error_message = "Who asks for split costs gets their columns."
  }

  assert {
    condition     = aws_cur_report_definition.this[0].s3_prefix == "legacy_cur" && aws_cur_report_definition.this[0].time_unit == "DAILY"
    error_message = "The legacy report goes beside the others."
  }

  assert {
    condition     = output.forms_of_bill == tolist(["cur2", "focus", "legacy_cur"])
    error_message = "Recommendations are no bill."
  }

  assert {
    condition     = length(aws_iam_service_linked_role.exports) == 0
    error_message = "What an account has once is made only where it is asked for."
  }
}

run "hub_is_joined_when_asked" {
  command = plan

  variables {
    exports       = ["cost_optimization_hub"]
    enroll_in_hub = true
  }

  assert {
    condition     = aws_iam_service_linked_role.exports[0].aws_service_name == "bcm-data-exports.amazonaws.com"
    error_message = "Without this role the hub cannot be exported."
  }
}

run "wrong_words_are_refused" {
  command = plan

  variables {
    exports     = ["cur3"]
    granularity = "MONTHLY"
  }

  expect_failures = [var.exports, var.granularity]
}
