variable "name" {
  description = "Name of the bucket, unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket name has 3 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts every object that is written without naming another."
  type        = string
  nullable    = false
}

variable "service_statements" {
  description = "What AWS services may do in this bucket, keyed by Sid. Every statement is bound to the accounts and resources on whose behalf the service comes, so that nobody else's export can write here."
  type = map(object({
    services        = set(string)
    actions         = set(string)
    source_accounts = set(string)
    source_arns     = set(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for s in var.service_statements : alltrue([for a in s.actions : !strcontains(a, "*")])])
    error_message = "Name every action: wildcards are refused."
  }

  validation {
    condition     = alltrue([for s in var.service_statements : length(s.source_accounts) > 0 && length(s.source_arns) > 0])
    error_message = "Give at least one source account and one source ARN: without them any AWS customer could have the service write here."
  }
}

variable "expire_days" {
  description = "Days after which an object is deleted, or null to keep objects for ever."
  type        = number
  default     = null

  validation {
    condition     = var.expire_days == null ? true : var.expire_days >= 1 && floor(var.expire_days) == var.expire_days
    error_message = "expire_days is a whole number of at least 1, or null to keep objects for ever."
  }
}

variable "noncurrent_days" {
  description = "Days for which a replaced or deleted version can still be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days is a whole number of at least 1."
  }
}

variable "abort_upload_days" {
  description = "Days after which an unfinished multipart upload is dropped: its parts are billed, and no listing shows them."
  type        = number
  default     = 3
  nullable    = false

  validation {
    condition     = var.abort_upload_days >= 1 && var.abort_upload_days <= 30 && floor(var.abort_upload_days) == var.abort_upload_days
    error_message = "abort_upload_days is a whole number from 1 to 30."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete the bucket with everything in it."
  type        = bool
  default     = false
  nullable    = false
}
