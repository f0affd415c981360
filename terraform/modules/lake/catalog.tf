resource "aws_glue_catalog_database" "this" {
  for_each = local.databases

  name         = "${local.database_prefix}_${each.key}"
  description  = "Tables of the ${local.prefix} lake: ${each.key}"
  location_uri = "s3://${module.lake.name}/${each.value}/"
}

resource "aws_athena_workgroup" "this" {
  name          = local.prefix
  description   = "Every query on the ${local.prefix} lake: at most ${var.athena_scan_limit_gib} GiB scanned each"
  force_destroy = var.force_destroy

  configuration {
    # Enforced, so that no client can choose an unlimited scan or an unencrypted place for its results.
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.athena_scan_limit_gib * 1024 * 1024 * 1024

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://${module.athena_results.name}/"
      expected_bucket_owner = local.account_id

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = aws_kms_key.this.arn
      }
    }
  }
}
