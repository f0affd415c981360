terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # A floor, and the next major kept out until the tests have run on it. The environments pin exactly.
      version = ">= 5.100, < 6.0"
      # Exports and reports are kept in us-east-1, wherever the bucket is.
      configuration_aliases = [aws.us_east_1]
    }
  }
}
