module "lake" {
  source = "../../modules/lake"

  name                  = var.name
  environment           = var.environment
  billing_account_ids   = var.billing_account_ids
  athena_scan_limit_gib = var.athena_scan_limit_gib
  athena_results_days   = var.athena_results_days
  noncurrent_days       = var.noncurrent_days
  key_deletion_days     = var.key_deletion_days
  force_destroy         = var.force_destroy
}

module "collecting" {
  source = "../../modules/collecting"

  name        = var.name
  environment = var.environment
}
