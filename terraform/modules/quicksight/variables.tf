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

variable "enabled" {
  description = "Whether anything is made. It needs a subscription to QuickSight, which is paid for by reader and author."
  type        = bool
  default     = false
  nullable    = false
}

variable "database" {
  description = "Glue database of the marts, <name>_<environment>_marts: the module lake makes it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9_]+$", var.database))
    error_message = "database is the name of a Glue database: lower-case letters, digits and underscores."
  }
}

variable "workgroup" {
  description = "Athena workgroup that QuickSight asks through, with its limit on every scan: an output of the module lake."
  type        = string
  nullable    = false
}

variable "reader_arns" {
  description = "Users or groups of QuickSight who may look: arn:aws:quicksight:<region>:<account>:group/default/<name>."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.reader_arns : can(regex("^arn:[a-z-]+:quicksight:[a-z0-9-]+:[0-9]{12}:(user|group)/", arn))])
    error_message = "reader_arns are ARNs of users or groups of QuickSight, not of IAM."
  }
}

variable "owner_arns" {
  description = "Users or groups of QuickSight who may also change and share it."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.owner_arns : can(regex("^arn:[a-z-]+:quicksight:[a-z0-9-]+:[0-9]{12}:(user|group)/", arn))])
    error_message = "owner_arns are ARNs of users or groups of QuickSight, not of IAM."
  }
}

variable "import_mode" {
  description = "SPICE keeps a copy in QuickSight, to be refreshed once a day; DIRECT_QUERY asks Athena at each look, for money."
  type        = string
  default     = "SPICE"
  nullable    = false

  validation {
    condition     = contains(["SPICE", "DIRECT_QUERY"], var.import_mode)
    error_message = "import_mode is SPICE or DIRECT_QUERY."
  }
}

variable "currency" {
  description = "Currency that the dashboard opens with: amounts of two are never added up."
  type        = string
  default     = "USD"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency))
    error_message = "currency is a code of three capitals, such as USD."
  }
}
