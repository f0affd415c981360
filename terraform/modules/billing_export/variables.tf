variable "name" {
  description = "First word of every name, so that two installations can share an account."
  type        = string
  default     = "finops"
  nullable    = false
}

variable "environment" {
  description = "Which lake this is for: dev, staging or prod."
  type        = string
  nullable    = false
}

variable "exports" {
  description = "What AWS delivers: `cur2` (what finops trusts most), `focus`, `cost_optimization_hub`, `legacy_cur`."
  type        = set(string)
  default     = ["cur2"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.exports, ["cur2", "focus", "cost_optimization_hub", "legacy_cur"])) == 0
    error_message = "exports are: cur2, focus, cost_optimization_hub, legacy_cur."
  }
}

variable "bucket" {
  description = "Bucket that bills are delivered to: the one of the module lake, whose policy lets them in."
  type        = string
  nullable    = false
}

variable "bucket_region" {
  description = "Region of that bucket; the exports themselves are always kept in us-east-1."
  type        = string
  nullable    = false
}

variable "granularity" {
  description = "HOURLY, which commitments are best judged by, or DAILY, which is a tenth of the size."
  type        = string
  default     = "HOURLY"
  nullable    = false

  validation {
    condition     = contains(["HOURLY", "DAILY"], var.granularity)
    error_message = "granularity is HOURLY or DAILY: by month nothing can be told of a resource."
  }
}

variable "split_containers" {
  description = "Whether the bill tells what each pod and task had of its machine. The account must have opted in to split cost allocation data."
  type        = bool
  default     = false
  nullable    = false
}

variable "enroll_in_hub" {
  description = "Whether this module enrols the organisation in the Cost Optimization Hub and makes the role that exports read it with."
  type        = bool
  default     = false
  nullable    = false
}
