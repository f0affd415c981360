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

variable "sources" {
  description = "Sources of finops collect that may be asked for. Leave out what you do not collect."
  type        = set(string)
  default     = ["accounts", "inventory", "instance_types", "metrics", "recommendations", "prices", "budgets", "anomalies", "cost_explorer"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.sources, ["accounts", "inventory", "instance_types", "metrics", "recommendations", "prices", "budgets", "anomalies", "cost_explorer"])) == 0
    error_message = "sources are those of finops collect: accounts, inventory, instance_types, metrics, recommendations, prices, budgets, anomalies, cost_explorer."
  }
}

variable "account_ids" {
  description = "Other accounts that are read from here, by the role <name>-<environment>-reader in each."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "An account id is text of twelve digits, leading zeros included."
  }
}

variable "trusted_role_arns" {
  description = "Roles of another account that may read this one. Empty makes no role here."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.trusted_role_arns : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "trusted_role_arns are ARNs of roles: whole accounts are not trusted."
  }
}
