locals {
  bucket_and_objects = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

  deny_statements = [
    {
      Sid       = "DenyInsecureTransport"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = local.bucket_and_objects
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    },
    {
      Sid       = "DenyOldTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = local.bucket_and_objects
      Condition = { NumericLessThan = { "s3:TlsVersion" = "1.2" } }
    },
  ]

  service_statements = [
    for sid, statement in var.service_statements : {
      Sid       = sid
      Effect    = "Allow"
      Principal = { Service = sort(statement.services) }
      Action    = sort(statement.actions)
      Resource  = local.bucket_and_objects
      Condition = {
        StringEquals = { "aws:SourceAccount" = sort(statement.source_accounts) }
        ArnLike      = { "aws:SourceArn" = sort(statement.source_arns) }
      }
    }
  ]
}

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_18:Who reads and writes is in CloudTrail, which an account has once; logs here would be more objects than bills.
  # checkov:skip=CKV_AWS_144:Bills can be delivered again, marts built again; versions bring back what was deleted.
  # checkov:skip=CKV2_AWS_62:Nobody would read the events of the other buckets; those of bills start the pipeline.
  bucket        = var.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    # One call to KMS per bucket and hour instead of one per object: the difference shows on the bill.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.bucket

  rule {
    id     = "hygiene"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = var.abort_upload_days
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    expiration {
      days = var.expire_days
      # S3 takes one or the other. With days it sweeps the markers of deleted objects by itself.
      expired_object_delete_marker = var.expire_days == null ? true : null
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.bucket
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.deny_statements, local.service_statements)
  })

  depends_on = [aws_s3_bucket_public_access_block.this]
}
