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

variable "image_tag" {
  description = "Tag of the image that the pipeline runs, such as a version or a commit: a new image is a new tag."
  type        = string
}

variable "deliver" {
  description = "What AWS delivers from this account: see modules/billing_export."
  type = object({
    exports          = optional(set(string), ["cur2"])
    granularity      = optional(string, "HOURLY")
    split_containers = optional(bool, false)
    enroll_in_hub    = optional(bool, false)
  })
  default = {}
}

variable "tell" {
  description = "Whom letters go to: what is broken, and what is spent. See modules/notifications."
  type = object({
    alert_emails = optional(set(string), [])
    cost_emails  = optional(set(string), [])
  })
  default = {}
}

variable "guard" {
  description = "Budgets, anomalies and cost allocation tags of AWS's own: see modules/guardrails."
  type = object({
    currency             = optional(string, "USD")
    watch_anomalies      = optional(bool, true)
    anomaly_monitor_arn  = optional(string)
    anomaly_impact       = optional(number, 100)
    cost_allocation_tags = optional(set(string), [])
    budgets = optional(map(object({
      limit             = number
      every             = optional(string, "MONTHLY")
      actual_percents   = optional(set(number), [80, 100])
      forecast_percents = optional(set(number), [100])
      account_ids       = optional(set(string), [])
      services          = optional(set(string), [])
      tags              = optional(map(string), {})
    })), {})
  })
  default = {}
}

variable "run" {
  description = "When the pipeline runs, on what, and what it may spend: see modules/pipeline. account_ids are read by finops collect."
  type = object({
    enabled            = optional(bool, true)
    schedule           = optional(string, "cron(0 8 * * ? *)")
    timezone           = optional(string, "UTC")
    on_delivery        = optional(bool, true)
    collect            = optional(bool, true)
    account_ids        = optional(set(string), [])
    settings           = optional(map(string), {})
    athena_budget      = optional(number, 5)
    cpu                = optional(number, 512)
    memory             = optional(number, 2048)
    disk_gib           = optional(number, 20)
    cpu_architecture   = optional(string, "ARM64")
    subnet_ids         = optional(set(string), [])
    security_group_ids = optional(set(string), [])
    assign_public_ip   = optional(bool, false)
    log_days           = optional(number, 90)
  })
  default = {}
}

variable "watch" {
  description = "What raises alarms beside failures: hours after which numbers are stale, and by currency what a month may cost. See modules/observability."
  type = object({
    stale_after_hours = optional(number, 36)
    spend_thresholds  = optional(map(number), {})
  })
  default = {}
}

variable "act" {
  description = "Which actions are installed (auto_tagger once its rules lie in the lake), and which really act: none unless `apply` names it. See modules/actions."
  type = object({
    package_file    = optional(string, "../../../dist/actions.zip")
    layer_arns      = optional(list(string), [])
    actions         = optional(set(string), ["cost_reporter", "idle_cleanup", "rightsizing", "scheduler", "snapshot_cleanup"])
    apply           = optional(set(string), [])
    tag_keys        = optional(set(string), ["Owner", "CostCenter", "Environment"])
    volume_key_arns = optional(set(string), [])
    regions         = optional(list(string), [])
    account_ids     = optional(set(string), [])
    network = optional(object({
      subnet_ids         = set(string)
      security_group_ids = set(string)
    }))
  })
  default = {}
}

variable "show" {
  description = "Whether a dashboard of QuickSight is made, which is paid for by author and reader, and who sees it. See modules/quicksight."
  type = object({
    quicksight  = optional(bool, false)
    owner_arns  = optional(set(string), [])
    reader_arns = optional(set(string), [])
    import_mode = optional(string, "SPICE")
  })
  default = {}
}
