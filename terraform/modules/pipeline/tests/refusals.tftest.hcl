mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b"] }
  }
}

variables {
  environment        = "dev"
  lake_uri           = "s3://finops-dev-lake-123456789012"
  bills_uri          = "s3://finops-dev-bills-123456789012"
  athena_workgroup   = "finops-dev"
  athena_results_uri = "s3://finops-dev-athena-results-123456789012/"
  kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/lake"
  image_tag          = "1.0.0"
  bucket_arns        = { bills = "arn:aws:s3:::bills", lake = "arn:aws:s3:::lake", athena_results = "arn:aws:s3:::results" }
  glue_databases     = { marts = "finops_dev_marts" }
}

run "everything_out_of_range_is_refused" {
  command = plan

  variables {
    bills_uri            = "bills/"
    athena_budget        = 0
    image_tag            = "latest"
    settings             = { PATH = "/tmp" }
    planned_actions      = ["scheduler"]
    schedule             = "daily"
    cpu                  = 100
    disk_gib             = 10
    cpu_architecture     = "arm64"
    step_timeout_minutes = 1
    subnet_ids           = ["subnet-1"]
    network_cidr         = "10.42.0.0/30"
    log_days             = 2
  }

  expect_failures = [
    var.bills_uri,
    var.athena_budget,
    var.image_tag,
    var.settings,
    var.collect,
    var.planned_actions,
    var.schedule,
    var.cpu,
    var.disk_gib,
    var.cpu_architecture,
    var.step_timeout_minutes,
    var.security_group_ids,
    var.network_cidr,
    var.log_days,
  ]
}

run "memory_that_no_task_of_that_size_has_is_refused" {
  command = plan

  variables {
    collect = false
    cpu     = 512
    memory  = 512
  }

  expect_failures = [var.memory]
}
