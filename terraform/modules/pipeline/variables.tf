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
  description = "Address of the lake: the output lake_uri of the module lake."
  type        = string
  nullable    = false
}

variable "bills_uri" {
  description = "Where bills are delivered, s3://bucket: every form of bill below it is found."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^s3://[a-z0-9.-]+(/[^/]+)*$", var.bills_uri))
    error_message = "bills_uri is s3://bucket or s3://bucket/prefix, without a slash at its end."
  }
}

variable "bucket_arns" {
  description = "Buckets of `bills`, `lake` and `athena_results`: the output bucket_arns of the module lake."
  type        = object({ bills = string, lake = string, athena_results = string })
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts those buckets: the output kms_key_arn of the module lake."
  type        = string
  nullable    = false
}

variable "athena_workgroup" {
  description = "Workgroup that every statement is sent to: the output athena_workgroup of the module lake."
  type        = string
  nullable    = false
}

variable "athena_results_uri" {
  description = "Where results go: the output athena_results_uri of the module lake."
  type        = string
  nullable    = false
}

variable "glue_databases" {
  description = "Glue databases by use: the output glue_databases of the module lake."
  type        = map(string)
  nullable    = false
}

variable "athena_budget" {
  description = "Dollars that one run may read for. A statement that would exceed it is not sent."
  type        = number
  default     = 5
  nullable    = false

  validation {
    condition     = var.athena_budget > 0
    error_message = "athena_budget is an amount above zero: a run without a budget is a bill without a limit."
  }
}

variable "image_tag" {
  description = "Tag of the image that tasks run. Tags are never given twice: a new image is a new tag."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "image_tag is a tag such as 1.4.0 or a commit; `latest` says nothing of what runs."
  }
}

variable "settings" {
  description = "More settings of finops for the tasks, such as FINOPS_ACCOUNTS, FINOPS_REGIONS or FINOPS_COST_TAGS."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.settings) : startswith(name, "FINOPS_")])
    error_message = "settings are finops' own: their names begin with FINOPS_."
  }
}

variable "collect" {
  description = "Whether each run first asks accounts for what no bill tells (finops collect)."
  type        = bool
  default     = true
  nullable    = false

  validation {
    condition     = !var.collect || var.collecting_policy_arn != null
    error_message = "To collect, tasks need the policy of the module collecting: give collecting_policy_arn."
  }
}

variable "collecting_policy_arn" {
  description = "Policy of what finops collect asks: the output policy_arn of the module collecting."
  type        = string
  default     = null
}

variable "planned_actions" {
  description = "Actions whose plan each run writes. A plan changes nothing; the module actions acts, on a schedule of its own."
  type        = list(string)
  default     = ["idle_cleanup", "snapshot_cleanup", "rightsizing"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.planned_actions, ["idle_cleanup", "snapshot_cleanup", "rightsizing", "auto_tagger"])) == 0
    error_message = "Actions that follow the bill can be planned: idle_cleanup, snapshot_cleanup, rightsizing, auto_tagger."
  }
}

variable "schedule" {
  description = "When a run starts whether or not a bill came: cron(minute hour day month weekday year) of EventBridge Scheduler."
  type        = string
  default     = "cron(0 8 * * ? *)"
  nullable    = false

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.schedule))
    error_message = "schedule is cron(...) or rate(...), as EventBridge Scheduler takes it."
  }
}

variable "schedule_timezone" {
  description = "Zone that the schedule is told in, a name of the IANA database."
  type        = string
  default     = "UTC"
  nullable    = false
}

variable "run_on_delivery" {
  description = "Whether a run also starts a quarter of an hour after AWS delivered a bill."
  type        = bool
  default     = true
  nullable    = false
}

variable "enabled" {
  description = "Whether runs start by themselves. Switch it on once the image is in the repository."
  type        = bool
  default     = true
  nullable    = false
}

variable "cpu" {
  description = "Units of processor of a task, 1024 to the core. Athena computes; a task mostly waits."
  type        = number
  default     = 512
  nullable    = false

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "cpu is 256, 512, 1024, 2048 or 4096."
  }
}

variable "memory" {
  description = "MiB of memory of a task: two to eight times what Fargate gives a core of that size."
  type        = number
  default     = 2048
  nullable    = false

  validation {
    condition     = var.memory >= 2 * var.cpu && var.memory <= 8 * var.cpu && var.memory % 512 == 0
    error_message = "memory is a multiple of 512 from two to eight times cpu: Fargate takes no other."
  }
}

variable "disk_gib" {
  description = "GiB of disk of a task, for copies of the Parquet files of the largest month. 20 are free."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.disk_gib >= 20 && var.disk_gib <= 200 && floor(var.disk_gib) == var.disk_gib
    error_message = "disk_gib is a whole number from 20 to 200."
  }
}

variable "cpu_architecture" {
  description = "ARM64, a fifth cheaper, or X86_64: that of the machine that made the image."
  type        = string
  default     = "ARM64"
  nullable    = false

  validation {
    condition     = contains(["ARM64", "X86_64"], var.cpu_architecture)
    error_message = "cpu_architecture is ARM64 or X86_64."
  }
}

variable "step_timeout_minutes" {
  description = "Minutes after which a step is stopped. Started again, it goes on where it was."
  type        = number
  default     = 120
  nullable    = false

  validation {
    condition     = var.step_timeout_minutes >= 5 && var.step_timeout_minutes <= 360
    error_message = "step_timeout_minutes is from 5 to 360."
  }
}

variable "subnet_ids" {
  description = "Subnets that tasks run in, with a way to the endpoints of AWS. Empty makes a small network of its own."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "security_group_ids" {
  description = "Security groups of the tasks in subnets of yours: they need HTTPS outwards and nothing inwards."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = (length(var.subnet_ids) == 0) == (length(var.security_group_ids) == 0)
    error_message = "subnet_ids and security_group_ids are given together, or neither."
  }
}

variable "assign_public_ip" {
  description = "Whether tasks in subnets of yours get a public address: yes in public subnets, no behind a NAT or endpoints."
  type        = bool
  default     = false
  nullable    = false
}

variable "network_cidr" {
  description = "Addresses of the network that is made where no subnets are given."
  type        = string
  default     = "10.42.0.0/24"
  nullable    = false

  validation {
    condition     = can(cidrsubnet(var.network_cidr, 1, 1)) && can(regex("/(1[6-9]|2[0-7])$", var.network_cidr))
    error_message = "network_cidr is a block such as 10.42.0.0/24, from /16 to /27."
  }
}

variable "log_days" {
  description = "Days for which the log of the tasks is kept, one of those that CloudWatch takes."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_days)
    error_message = "log_days is one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731."
  }
}

variable "force_destroy" {
  description = "Whether `terraform destroy` may delete the repository with the images in it."
  type        = bool
  default     = false
  nullable    = false
}
