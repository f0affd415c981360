data "aws_caller_identity" "current" {}

module "lake" {
  source = "../lake"

  name                  = var.name
  environment           = var.environment
  billing_account_ids   = var.billing_account_ids
  athena_scan_limit_gib = var.athena_scan_limit_gib
  athena_results_days   = var.athena_results_days
  noncurrent_days       = var.noncurrent_days
  key_deletion_days     = var.key_deletion_days
  force_destroy         = var.force_destroy
}

module "notifications" {
  source = "../notifications"

  name         = var.name
  environment  = var.environment
  alert_emails = var.tell.alert_emails
  cost_emails  = var.tell.cost_emails
}

module "billing_export" {
  source = "../billing_export"

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  name             = var.name
  environment      = var.environment
  exports          = var.deliver.exports
  bucket           = local.bills_bucket
  bucket_region    = module.lake.settings.AWS_REGION
  granularity      = var.deliver.granularity
  split_containers = var.deliver.split_containers
  enroll_in_hub    = var.deliver.enroll_in_hub
}

module "guardrails" {
  source = "../guardrails"

  providers = {
    # Billing has its seat there.
    aws = aws.us_east_1
  }

  name                 = var.name
  environment          = var.environment
  topic_arn            = module.notifications.topic_arns["costs"]
  currency             = var.guard.currency
  budgets              = var.guard.budgets
  watch_anomalies      = var.guard.watch_anomalies
  anomaly_monitor_arn  = var.guard.anomaly_monitor_arn
  anomaly_impact       = var.guard.anomaly_impact
  cost_allocation_tags = var.guard.cost_allocation_tags
}

module "collecting" {
  source = "../collecting"

  name        = var.name
  environment = var.environment
  account_ids = var.run.account_ids
}

module "pipeline" {
  source = "../pipeline"

  name                  = var.name
  environment           = var.environment
  lake_uri              = module.lake.lake_uri
  bills_uri             = module.lake.bills_uri
  bucket_arns           = module.lake.bucket_arns
  kms_key_arn           = module.lake.kms_key_arn
  athena_workgroup      = module.lake.athena_workgroup
  athena_results_uri    = module.lake.athena_results_uri
  glue_databases        = module.lake.glue_databases
  athena_budget         = var.run.athena_budget
  image_tag             = var.image_tag
  settings              = merge(local.reading_settings, var.run.settings)
  collect               = var.run.collect
  collecting_policy_arn = module.collecting.policy_arn
  schedule              = var.run.schedule
  schedule_timezone     = var.run.timezone
  run_on_delivery       = var.run.on_delivery
  enabled               = var.run.enabled
  cpu                   = var.run.cpu
  memory                = var.run.memory
  disk_gib              = var.run.disk_gib
  cpu_architecture      = var.run.cpu_architecture
  subnet_ids            = var.run.subnet_ids
  security_group_ids    = var.run.security_group_ids
  assign_public_ip      = var.run.assign_public_ip
  log_days              = var.run.log_days
  force_destroy         = var.force_destroy
}

module "actions" {
  source = "../actions"

  name             = var.name
  environment      = var.environment
  lake_uri         = module.lake.lake_uri
  kms_key_arn      = module.lake.kms_key_arn
  topic_arn        = module.notifications.topic_arns["costs"]
  alerts_topic_arn = module.notifications.topic_arns["alerts"]
  package_file     = var.act.package_file
  layer_arns       = var.act.layer_arns
  actions          = var.act.actions
  apply            = var.act.apply
  tag_keys         = var.act.tag_keys
  volume_key_arns  = var.act.volume_key_arns
  regions          = var.act.regions
  account_ids      = var.act.account_ids
  network          = var.act.network
}

module "observability" {
  source = "../observability"

  name              = var.name
  environment       = var.environment
  topic_arn         = module.notifications.topic_arns["alerts"]
  function_names    = module.actions.function_names
  queue_arns        = { actions = module.actions.failed_queue_arn }
  state_machine_arn = module.pipeline.state_machine_arn
  currencies        = [var.guard.currency]
  spend_thresholds  = var.watch.spend_thresholds
  stale_after_hours = var.watch.stale_after_hours
  # Without its metrics there is no freshness to watch.
  digest_is_sent = contains(var.act.apply, "cost_reporter")
}

module "quicksight" {
  source = "../quicksight"

  name        = var.name
  environment = var.environment
  enabled     = var.show.quicksight
  database    = module.lake.glue_databases["marts"]
  workgroup   = module.lake.athena_workgroup
  owner_arns  = var.show.owner_arns
  reader_arns = var.show.reader_arns
  import_mode = var.show.import_mode
  currency    = var.guard.currency
}

locals {
  bills_bucket = trimprefix(module.lake.bills_uri, "s3://")
  account_id   = data.aws_caller_identity.current.account_id

  # Other accounts are read by a role of one name; our own is read, too.
  reading_settings = length(var.run.account_ids) == 0 ? {} : {
    FINOPS_ACCOUNTS  = join(",", concat([local.account_id], sort(tolist(var.run.account_ids))))
    FINOPS_ROLE_NAME = module.collecting.reader_role_name
  }
}

# Not a refusal: the bill of this account alone is a beginning, too.
check "bills_come_from_somewhere" {
  assert {
    condition     = length(var.deliver.exports) > 0 || length(setsubtract(var.billing_account_ids, [local.account_id])) > 0
    error_message = "Nothing is exported from this account and no other one may deliver: no bill will come. Give `deliver` an export, or name the payer in `billing_account_ids`."
  }
}

check "somebody_is_told" {
  assert {
    condition     = length(var.tell.alert_emails) > 0
    error_message = "Nobody hears of a run that fails: give `tell` alert_emails, or subscribe to the topic of alerts."
  }
}

check "actions_have_their_package" {
  assert {
    condition     = length(var.act.actions) == 0 || fileexists(var.act.package_file)
    error_message = "There is no ${var.act.package_file}: run `make package` before apply."
  }
}

check "actions_have_pyarrow" {
  assert {
    condition     = length(var.act.actions) == 0 || length(var.act.layer_arns) > 0
    error_message = "Functions read marts with PyArrow, which no layer brings: name AWS's AWSSDKPandas-Python312-Arm64 of the region in `act.layer_arns`."
  }
}
