variable "name" {
  description = "First word of every name, so that two installations can share an account."
  type        = string
  default     = "finops"
}

variable "environment" {
  description = "Which lake this is: dev, staging or prod. Prod is guarded."
  type        = string
}

variable "region" {
  description = "Region of the lake, for example eu-west-1. Bills are delivered to any region."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the code of an AWS region, for example eu-west-1."
  }
}

variable "owner" {
  description = "Team that answers for this lake: the owner tag of every resource."
  type        = string

  validation {
    condition     = length(trimspace(var.owner)) > 0
    error_message = "owner names a team: a cost without an owner is the first thing this product looks for."
  }
}

variable "billing_account_ids" {
  description = "Accounts whose bills may be delivered here. Empty means this account alone."
  type        = set(string)
  default     = []
}

variable "athena_scan_limit_gib" {
  description = "GiB that one query may scan before Athena stops it."
  type        = number
}

variable "athena_results_days" {
  description = "Days for which the results of queries are kept."
  type        = number
}

variable "noncurrent_days" {
  description = "Days for which a replaced or deleted bill, mart or ledger entry can be brought back. At least 90 in prod."
  type        = number
}

variable "key_deletion_days" {
  description = "Days between asking for the key's deletion and losing everything it encrypts. 30 in prod."
  type        = number
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete the lake with everything in it. Refused in prod."
  type        = bool
}
