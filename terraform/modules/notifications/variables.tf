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

variable "alert_emails" {
  description = "Who is told when something is broken: a run that failed, an action that failed, numbers that are old."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "alert_emails are addresses such as team@example.com."
  }
}

variable "cost_emails" {
  description = "Who is told about money: budgets, anomalies, the daily digest."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for email in var.cost_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "cost_emails are addresses such as team@example.com."
  }
}

variable "key_deletion_days" {
  description = "Days between asking for the deletion of the topics' key and its end."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30 && floor(var.key_deletion_days) == var.key_deletion_days
    error_message = "key_deletion_days is a whole number from 7 to 30: KMS takes no other."
  }
}
