variable "name" {
  description = "First word of every name, so that two installations can share an account."
  type        = string
  default     = "finops"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,15}$", var.name))
    error_message = "name is 2 to 16 lower-case letters and digits and begins with a letter: buckets and Glue databases both take it."
  }
}

variable "environment" {
  description = "Which lake this is. prod is guarded: see force_destroy and noncurrent_days."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment is one of dev, staging, prod."
  }
}

variable "billing_account_ids" {
  description = "Accounts whose bills may be delivered here. Empty means this account alone."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.billing_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "An account id is text of twelve digits, leading zeros included."
  }
}

variable "athena_scan_limit_gib" {
  description = "GiB that one query may scan before Athena stops it. Athena bills what it scanned up to then."
  type        = number
  nullable    = false

  validation {
    condition     = var.athena_scan_limit_gib >= 1 && var.athena_scan_limit_gib <= 10240 && floor(var.athena_scan_limit_gib) == var.athena_scan_limit_gib
    error_message = "athena_scan_limit_gib is a whole number from 1 to 10240: a query without a limit is a bill without a limit."
  }
}

variable "athena_results_days" {
  description = "Days for which the results of queries are kept."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.athena_results_days >= 1 && floor(var.athena_results_days) == var.athena_results_days
    error_message = "athena_results_days is a whole number of at least 1."
  }
}

variable "noncurrent_days" {
  description = "Days for which a replaced or deleted bill, mart or ledger entry can be brought back. At least 90 in prod."
  type        = number
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days is a whole number of at least 1."
  }
}

variable "key_deletion_days" {
  description = "Days between asking for the key's deletion and losing everything it encrypts. 30 in prod."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30 && floor(var.key_deletion_days) == var.key_deletion_days
    error_message = "key_deletion_days is a whole number from 7 to 30: KMS takes no other."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete the buckets, databases and workgroup with everything in them. Refused in prod."
  type        = bool
  default     = false
  nullable    = false
}
