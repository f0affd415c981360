environment = "prod"
region      = "eu-west-1"
owner       = "finops"

# A full rebuild scans every bill; AWS corrects a closed month for weeks; the ledger is evidence.
athena_scan_limit_gib = 1024
athena_results_days   = 14
noncurrent_days       = 90
key_deletion_days     = 30
force_destroy         = false

image_tag = "0.1.0"

# Rather a budget that is too low at first than none: AWS tells at 80 and 100 percent, and when its forecast passes it.
guard = {
  budgets = { total = { limit = 1000 } }
}
