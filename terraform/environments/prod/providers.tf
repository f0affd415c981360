locals {
  tags = {
    project     = var.name
    environment = var.environment
    owner       = var.owner
    managed_by  = "terraform"
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

# Billing has its seat there, wherever the lake is.
provider "aws" {
  alias  = "us_east_1"
  region = "us-east-1"

  default_tags {
    tags = local.tags
  }
}
