mock_provider "aws" {
  override_during = plan

  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::finops-test" }
  }
}

variables {
  name        = "finops-test"
  kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/lake"
}

run "bucket_is_private_versioned_and_encrypted" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "All four public access blocks must be on."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "The bucket owner must own every object, and ACLs must be off."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "Versioning must be on."
  }

  assert {
    condition = alltrue([
      for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule :
      rule.bucket_key_enabled &&
      rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms" &&
      rule.apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key_arn
    ])
    error_message = "Objects must be encrypted with the given key, through a bucket key."
  }

  assert {
    condition     = aws_s3_bucket.this.force_destroy == false
    error_message = "A bucket must not be destroyed with its contents unless asked for."
  }
}

run "every_call_without_tls_is_denied" {
  command = plan

  assert {
    condition = length([
      for s in jsondecode(output.policy).Statement : s
      if s.Effect == "Deny" && s.Principal == "*" && s.Action == "s3:*" &&
      toset(s.Resource) == toset(["arn:aws:s3:::finops-test", "arn:aws:s3:::finops-test/*"]) &&
      try(s.Condition.Bool["aws:SecureTransport"], "") == "false"
    ]) == 1
    error_message = "The policy must deny every call without TLS: ${output.policy}"
  }

  assert {
    condition = length([
      for s in jsondecode(output.policy).Statement : s
      if s.Effect == "Deny" && s.Principal == "*" && s.Action == "s3:*" &&
      toset(s.Resource) == toset(["arn:aws:s3:::finops-test", "arn:aws:s3:::finops-test/*"]) &&
      try(s.Condition.NumericLessThan["s3:TlsVersion"], "") == "1.2"
    ]) == 1
    error_message = "The policy must deny TLS older than 1.2: ${output.policy}"
  }

  assert {
    condition     = length([for s in jsondecode(output.policy).Statement : s if s.Effect == "Allow"]) == 0
    error_message = "Nobody is allowed in by the bucket policy unless asked for: ${output.policy}"
  }
}

run "objects_are_kept_and_leftovers_are_swept" {
  command = plan

  assert {
    condition = (
      aws_s3_bucket_lifecycle_configuration.this.rule[0].status == "Enabled" &&
      aws_s3_bucket_lifecycle_configuration.this.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 3 &&
      aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration[0].noncurrent_days == 30
    )
    error_message = "Unfinished uploads must be dropped and old versions must expire."
  }

  assert {
    # S3 takes no days beside this marker, so a rule that sweeps markers cannot expire objects.
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].expired_object_delete_marker
    error_message = "Without expire_days objects must be kept for ever, and only delete markers swept."
  }
}

run "objects_expire_when_asked" {
  command = plan

  variables {
    expire_days = 14
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].expiration[0].days == 14
    error_message = "Objects must expire after expire_days."
  }
}

run "service_is_let_in_only_for_named_accounts_and_resources" {
  command = plan

  variables {
    service_statements = {
      DeliverBills = {
        services        = ["bcm-data-exports.amazonaws.com"]
        actions         = ["s3:PutObject"]
        source_accounts = ["123456789012"]
        source_arns     = ["arn:aws:bcm-data-exports:us-east-1:123456789012:export/*"]
      }
    }
  }

  assert {
    condition = [for s in jsondecode(output.policy).Statement : s if s.Effect == "Allow"] == [{
      Sid       = "DeliverBills"
      Effect    = "Allow"
      Principal = { Service = ["bcm-data-exports.amazonaws.com"] }
      Action    = ["s3:PutObject"]
      Resource  = ["arn:aws:s3:::finops-test", "arn:aws:s3:::finops-test/*"]
      Condition = {
        StringEquals = { "aws:SourceAccount" = ["123456789012"] }
        ArnLike      = { "aws:SourceArn" = ["arn:aws:bcm-data-exports:us-east-1:123456789012:export/*"] }
      }
    }]
    error_message = "The service must be bound to its source accounts and ARNs: ${output.policy}"
  }

  assert {
    condition     = length([for s in jsondecode(output.policy).Statement : s if s.Effect == "Deny"]) == 2
    error_message = "Letting a service in must not drop the denials: ${output.policy}"
  }
}
