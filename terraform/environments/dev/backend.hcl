key = "finops/dev/terraform.tfstate"
