output "bucket" {
  description = "Bucket that the states of all environments lie in."
  value       = module.state.name
}

output "init_options" {
  description = "What `terraform init` of an environment needs beside its backend.hcl."
  value       = "-backend-config=bucket=${module.state.name} -backend-config=region=${var.region}"
}
