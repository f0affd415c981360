output "topic_arns" {
  description = "Topics by reader: `alerts` for what is broken, `costs` for what is spent."
  value       = { for topic, it in aws_sns_topic.this : topic => it.arn }

  # Who publishes before the policy stands is refused.
  depends_on = [aws_sns_topic_policy.this]
}

output "kms_key_arn" {
  description = "Key that encrypts the messages."
  value       = aws_kms_key.this.arn
}

output "unconfirmed" {
  description = "Addresses that must follow the link in a letter of AWS before they are sent anything."
  value       = sort([for it in local.emails : it.email])
}
