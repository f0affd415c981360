variable "name" {
  description = "First word of every name, so that two installations can share an account."
  type        = string
  default     = "finops"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,19}$", var.name))
    error_message = "name is 2 to 20 lower-case letters and digits, and begins with a letter."
  }
}

variable "environment" {
  description = "Which lake this is for: dev, staging or prod."
  type        = string
  nullable    = false

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "environment is dev, staging or prod."
  }
}

variable "topic_arn" {
  description = "SNS topic that every alarm is sent to, when it begins and when it is over."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.topic_arn))
    error_message = "topic_arn is the ARN of a topic of SNS."
  }
}

variable "function_names" {
  description = "Functions that act, keyed by action: the output function_names of the module actions."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "state_machine_arn" {
  description = "State machine of the pipeline: the output of the module pipeline. Null where something else runs it."
  type        = string
  default     = null

  validation {
    condition     = var.state_machine_arn == null || can(regex("^arn:[a-z-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[A-Za-z0-9_-]+$", var.state_machine_arn))
    error_message = "state_machine_arn is the ARN of a state machine of Step Functions, or null."
  }
}

variable "queue_arns" {
  description = "Dead-letter queues of SQS, by a short name of each: a message in one is something that nobody did."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.queue_arns : can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$", arn))])
    error_message = "queue_arns are ARNs of queues of SQS."
  }

  validation {
    condition     = alltrue([for key in keys(var.queue_arns) : can(regex("^[a-z][a-z0-9_-]*$", key))])
    error_message = "The keys of queue_arns are short names in lower case, such as actions: they end the alarm's name."
  }
}

variable "currencies" {
  description = "Currencies that you are billed in: the digest tells each by itself."
  type        = list(string)
  default     = ["USD"]
  nullable    = false

  validation {
    condition     = length(var.currencies) > 0 && alltrue([for one in var.currencies : can(regex("^[A-Z]{3}$", one))])
    error_message = "currencies are codes of three capitals, such as USD, and at least one."
  }
}

variable "spend_thresholds" {
  description = "Effective cost of a month, by currency, that raises an alarm: once when it is expected, and once when it is spent."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for amount in var.spend_thresholds : amount > 0])
    error_message = "spend_thresholds are amounts above zero."
  }

  validation {
    condition     = length(setsubtract(keys(var.spend_thresholds), var.currencies)) == 0
    error_message = "spend_thresholds name only currencies that are in currencies."
  }
}

variable "stale_after_hours" {
  description = "Hours without a new digest, or without a run of the pipeline, after which numbers are called stale."
  type        = number
  default     = 36
  nullable    = false

  validation {
    condition     = var.stale_after_hours >= 2 && var.stale_after_hours <= 168 && floor(var.stale_after_hours) == var.stale_after_hours
    error_message = "stale_after_hours is a whole number from 2 to 168: CloudWatch looks back a week at most."
  }
}

variable "digest_is_sent" {
  description = "Whether cost_reporter really acts (it is in apply of the module actions): without its metrics there is no freshness to watch."
  type        = bool
  default     = true
  nullable    = false
}
