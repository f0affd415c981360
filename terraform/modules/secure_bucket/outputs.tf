output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the bucket, for the policies of those who use it."
  value       = aws_s3_bucket.this.arn
}

output "policy" {
  description = "The bucket policy as JSON, to be read in reviews and tests."
  value       = aws_s3_bucket_policy.this.policy
}
