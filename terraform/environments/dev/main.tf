module "platform" {
  source = "../../modules/platform"

  providers = {
    aws           = aws
    aws.us_east_1 = aws.us_east_1
  }

  name                  = var.name
  environment           = var.environment
  billing_account_ids   = var.billing_account_ids
  athena_scan_limit_gib = var.athena_scan_limit_gib
  athena_results_days   = var.athena_results_days
  noncurrent_days       = var.noncurrent_days
  key_deletion_days     = var.key_deletion_days
  force_destroy         = var.force_destroy
  image_tag             = var.image_tag
  deliver               = var.deliver
  tell                  = var.tell
  guard                 = var.guard
  run                   = var.run
  watch                 = var.watch
  act                   = var.act
  show                  = var.show
}
