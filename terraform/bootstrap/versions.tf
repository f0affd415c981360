terraform {
  required_version = "~> 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }

  # The bucket that states lie in cannot hold its own. This one is small: lost, it is made again by
  #   terraform import module.state.aws_s3_bucket.this <state bucket>
}
