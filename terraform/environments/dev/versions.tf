terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # The key comes from backend.hcl beside this file, bucket and region from the command line:
  #   terraform init -backend-config=backend.hcl -backend-config="bucket=<state bucket>" -backend-config="region=<its region>"
  # The lock is a file beside the state; no table is needed.
  backend "s3" {
    encrypt      = true
    use_lockfile = true
  }
}
