provider "aws" {
  region = var.region

  default_tags {
    tags = {
      project     = var.name
      environment = var.environment
      owner       = var.owner
      managed_by  = "terraform"
    }
  }
}
