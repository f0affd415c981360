key = "finops/prod/terraform.tfstate"
