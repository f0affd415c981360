variable "name" {
  description = "First word of every name, so that two installations can share an account."
  type        = string
  default     = "finops"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,15}$", var.name))
    error_message = "name is 2 to 16 lower-case letters and digits and begins with a letter."
  }
}

variable "region" {
  description = "Region of the bucket, for example eu-west-1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region is the code of an AWS region, for example eu-west-1."
  }
}

variable "owner" {
  description = "Team that answers for it: the owner tag of every resource."
  type        = string

  validation {
    condition     = length(trimspace(var.owner)) > 0
    error_message = "owner names a team."
  }
}
