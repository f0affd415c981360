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

variable "lake_uri" {
  description = "Address of the lake, s3://bucket or s3://bucket/prefix: the output lake_uri of the module lake."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^s3://[a-z0-9.-]+(/[^/]+)*$", var.lake_uri))
    error_message = "lake_uri is s3://bucket or s3://bucket/prefix, without a slash at its end."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the lake: the output kms_key_arn of the module lake."
  type        = string
  nullable    = false
}

variable "topic_arn" {
  description = "SNS topic that the digest is sent to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.topic_arn))
    error_message = "topic_arn is the ARN of a topic of SNS."
  }
}

variable "alerts_topic_arn" {
  description = "Topic that hears of a function that fails, for those who keep the system running."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.alerts_topic_arn))
    error_message = "alerts_topic_arn is the ARN of a topic of SNS."
  }
}

variable "package_file" {
  description = "Zip of the functions, as `make package` writes it."
  type        = string
  nullable    = false
}

variable "layer_arns" {
  description = "Layers with PyArrow, such as AWS's own AWSSDKPandas-Python312 of the region."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "actions" {
  description = "Actions that are installed, each with a role of its own. Leave out what you do not want."
  type        = set(string)
  default     = ["auto_tagger", "cost_reporter", "idle_cleanup", "rightsizing", "scheduler", "snapshot_cleanup"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.actions, ["auto_tagger", "cost_reporter", "idle_cleanup", "rightsizing", "scheduler", "snapshot_cleanup"])) == 0
    error_message = "actions are: auto_tagger, cost_reporter, idle_cleanup, rightsizing, scheduler, snapshot_cleanup."
  }
}

variable "apply" {
  description = "Actions that really act. All others only write their plan, which is the default of all of them."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(setsubtract(var.apply, var.actions)) == 0
    error_message = "apply names actions that are installed."
  }
}

variable "tag_keys" {
  description = "Keys that auto_tagger may write: those of actions/auto_tagger.yml in the lake. No other one is allowed."
  type        = set(string)
  default     = ["Owner", "CostCenter", "Environment"]
  nullable    = false

  validation {
    condition     = alltrue([for key in var.tag_keys : !startswith(lower(key), "aws:") && !startswith(lower(key), "finops:")])
    error_message = "tag_keys are yours: those that begin with aws: or finops: are not given to anybody."
  }
}

variable "volume_key_arns" {
  description = "Customer keys of EBS volumes: without a grant on them EC2 takes back the start of an instance."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "regions" {
  description = "Regions in which scheduler and auto_tagger look, or [\"all\"]; empty means the region of the functions."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "account_ids" {
  description = "Other accounts that are acted on from here, by the role <name>-<environment>-<action>-actor in each."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "An account id is text of twelve digits, leading zeros included."
  }
}

variable "network" {
  description = "Subnets and security groups that the functions join; null means none. They need a way to the endpoints of S3, SNS, STS, CloudWatch and what they act on."
  type = object({
    subnet_ids         = set(string)
    security_group_ids = set(string)
  })
  default = null

  validation {
    condition     = var.network == null || try(length(var.network.subnet_ids) > 0 && length(var.network.security_group_ids) > 0, false)
    error_message = "network names at least one subnet and one security group, or is left out."
  }
}
