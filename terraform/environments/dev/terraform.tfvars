environment = "dev"
region      = "eu-west-1"
owner       = "finops"

# A slip in dev is found cheaply, and the lake can be thrown away whole.
athena_scan_limit_gib = 10
athena_results_days   = 3
noncurrent_days       = 7
key_deletion_days     = 7
force_destroy         = true

image_tag = "0.1.0"

guard = {
  budgets = { total = { limit = 1000 } }
}
