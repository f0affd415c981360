output "bucket" {
  description = "Bucket that the states of all environments lie in."
  value       = module.state.name
}
