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

variable "topic_arn" {
  description = "SNS topic that budgets and anomalies are told to: topic `costs` of the module notifications."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.topic_arn))
    error_message = "topic_arn is the ARN of a topic of SNS."
  }
}

variable "currency" {
  description = "Currency of the bill, in which all limits are told."
  type        = string
  default     = "USD"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency))
    error_message = "currency is three capital letters, such as USD."
  }
}

variable "budgets" {
  description = "Budgets by name: a limit each period, the percentages at which it tells, and what it counts; no filter counts all."
  type = map(object({
    limit             = number
    every             = optional(string, "MONTHLY")
    actual_percents   = optional(set(number), [80, 100])
    forecast_percents = optional(set(number), [100])
    account_ids       = optional(set(string), [])
    services          = optional(set(string), [])
    tags              = optional(map(string), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for budget in var.budgets : budget.limit > 0])
    error_message = "A budget has a limit above zero."
  }

  validation {
    condition     = alltrue([for budget in var.budgets : contains(["DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"], budget.every)])
    error_message = "every is DAILY, MONTHLY, QUARTERLY or ANNUALLY."
  }

  validation {
    condition     = alltrue([for budget in var.budgets : budget.every != "DAILY" || length(budget.forecast_percents) == 0])
    error_message = "AWS forecasts no day: a DAILY budget has forecast_percents = []."
  }

  validation {
    condition     = alltrue([for budget in var.budgets : length(budget.actual_percents) + length(budget.forecast_percents) <= 5])
    error_message = "AWS takes at most five percentages for a budget."
  }

  validation {
    condition     = alltrue(flatten([for budget in var.budgets : [for id in budget.account_ids : can(regex("^[0-9]{12}$", id))]]))
    error_message = "An account id is text of twelve digits, leading zeros included."
  }
}

variable "watch_anomalies" {
  description = "Whether Cost Anomaly Detection watches every service and tells the topic. It costs nothing."
  type        = bool
  default     = true
  nullable    = false
}

variable "anomaly_monitor_arn" {
  description = "The account's monitor of all services, where it has one: AWS allows one, and gives it to many accounts at their start."
  type        = string
  default     = null

  validation {
    condition     = var.anomaly_monitor_arn == null ? true : can(regex("^arn:[a-z-]+:ce::[0-9]{12}:anomalymonitor/.+$", var.anomaly_monitor_arn))
    error_message = "anomaly_monitor_arn is the ARN of a monitor, as `aws ce get-anomaly-monitors` tells it."
  }
}

variable "anomaly_impact" {
  description = "Amount, in the bill's currency, that an anomaly must cost before it is told."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.anomaly_impact > 0
    error_message = "anomaly_impact is an amount above zero."
  }
}

variable "cost_allocation_tags" {
  description = "Keys of tags that are to be columns of the bill. AWS takes only keys that it has seen on a resource, a day after."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for key in var.cost_allocation_tags : length(trimspace(key)) > 0 && length(key) <= 1024])
    error_message = "cost_allocation_tags are keys of tags, as they are written on resources."
  }
}
