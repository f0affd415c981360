data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  prefix      = "${var.name}-${var.environment}"
  lake        = split("/", trimprefix(var.lake_uri, "s3://"))
  lake_prefix = join("", [for folder in slice(local.lake, 1, length(local.lake)) : "${folder}/"])

  words = {
    partition  = data.aws_partition.current.partition
    bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${local.lake[0]}"
    prefix     = local.lake_prefix
    key_arn    = var.kms_key_arn
    topic_arn  = var.topic_arn
    tag_keys   = jsonencode(concat(sort(tolist(var.tag_keys)), ["finops:tagged-by"]))
  }

  # What is deleted is marked by one function and deleted by another: neither role can do the other's part.
  markers = { for action in setintersection(var.actions, ["idle_cleanup", "snapshot_cleanup"]) : "${action}_marker" => action }

  # The action of each function.
  functions = merge({ for action in var.actions : action => action }, local.markers)

  # By the minute in UTC: what a schedule means in its zone is told by the action. The bill comes once a day.
  schedules = {
    auto_tagger             = "cron(20 9 * * ? *)"
    cost_reporter           = "cron(40 9 * * ? *)"
    idle_cleanup_marker     = "cron(0 10 * * ? *)"
    idle_cleanup            = "cron(20 10 * * ? *)"
    rightsizing             = "rate(1 hour)"
    scheduler               = "rate(5 minutes)"
    snapshot_cleanup_marker = "cron(40 10 * * ? *)"
    snapshot_cleanup        = "cron(0 11 * * ? *)"
  }

  # What is deleted is marked first: for a week, and until a second build of the mart finds it, too.
  # Of a rule that is new the first two builds are only told.
  grace = {
    idle_cleanup            = { grace_builds = 2, grace_days = 7, notify_builds = 2 }
    idle_cleanup_marker     = { notify_builds = 2 }
    rightsizing             = { notify_builds = 2 }
    snapshot_cleanup        = { grace_builds = 2, grace_days = 7, notify_builds = 2 }
    snapshot_cleanup_marker = { notify_builds = 2 }
  }

  lake_statements = jsondecode(templatefile("${path.module}/policies/lake.json", local.words))
  statements = {
    for function in keys(local.functions) :
    function => jsondecode(templatefile("${path.module}/policies/${function}.json", local.words))
  }

  # A start of an instance with encrypted volumes asks for this in the caller's name.
  grant_statements = length(var.volume_key_arns) == 0 ? [] : [{
    Sid      = "LetEc2UseTheKeysOfVolumes"
    Effect   = "Allow"
    Action   = ["kms:CreateGrant"]
    Resource = sort(tolist(var.volume_key_arns))
    Condition = {
      Bool       = { "kms:GrantIsForAWSResource" = "true" }
      StringLike = { "kms:ViaService" = "ec2.*.amazonaws.com" }
    }
  }]

  logs_statements = {
    for function in keys(local.functions) : function => [{
      Sid      = "WriteItsLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.this[function].arn}:*"]
    }]
  }

  failed_statements = [{
    Sid      = "LeaveWhatFailed"
    Effect   = "Allow"
    Action   = ["sqs:SendMessage"]
    Resource = [aws_sqs_queue.failed.arn]
  }]

  # The role of the same function in each of the other accounts, and no other.
  assume_statements = {
    for function in keys(local.functions) : function => length(var.account_ids) == 0 ? [] : [{
      Sid    = "ActInOtherAccounts"
      Effect = "Allow"
      Action = ["sts:AssumeRole"]
      Resource = [
        for id in sort(tolist(var.account_ids)) :
        "arn:${data.aws_partition.current.partition}:iam::${id}:role/${local.prefix}-${function}-actor"
      ]
    }]
  }
}

resource "aws_iam_role" "this" {
  for_each = local.functions

  name        = "${local.prefix}-${each.key}"
  description = "What ${each.key} may do"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.functions

  name = "action"
  role = aws_iam_role.this[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.statements[each.key],
      local.lake_statements,
      local.logs_statements[each.key],
      local.failed_statements,
      local.network_statements[each.key],
      local.assume_statements[each.key],
      contains(["scheduler", "rightsizing"], each.key) ? local.grant_statements : [],
    )
  })
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158:What an action says is resource ids and reasons; CloudWatch encrypts it with a key of its own.
  # checkov:skip=CKV_AWS_338:What was done is in the ledger in the lake, which nothing expires.
  for_each = local.functions

  name              = "/aws/lambda/${local.prefix}-${each.key}"
  retention_in_days = 90
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50:The report of a run tells every call and decision; a trace adds nothing.
  # checkov:skip=CKV_AWS_116:The event of a run that failed goes to the queue as a destination, which tells more.
  # checkov:skip=CKV_AWS_117:It joins a network where `network` names one; there it needs a way to each service's endpoint.
  # checkov:skip=CKV_AWS_173:Its settings are names, none of them secret; AWS encrypts them with a key of its own.
  # checkov:skip=CKV_AWS_272:Who may give it code may as well sign it; the zip is held to its hash.
  for_each = local.functions

  function_name    = "${local.prefix}-${each.key}"
  description      = "finops act ${each.value}${contains(keys(local.markers), each.key) ? " --mark" : ""}"
  role             = aws_iam_role.this[each.key].arn
  handler          = "lambdas.${each.value}.handler.handler"
  runtime          = "python3.12"
  architectures    = ["arm64"]
  filename         = var.package_file
  source_code_hash = try(filebase64sha256(var.package_file), null)
  layers           = var.layer_arns
  memory_size      = 1024
  timeout          = 900
  # Two runs of one action would act on each other's findings; a second one finds the lake locked anyway.
  reserved_concurrent_executions = 1

  environment {
    variables = merge(
      {
        FINOPS_LAKE  = var.lake_uri
        FINOPS_TOPIC = var.topic_arn
        # Copies of marts, where a function may write.
        XDG_CACHE_HOME = "/tmp"
      },
      length(var.regions) == 0 ? {} : { FINOPS_REGIONS = join(",", var.regions) },
      length(var.account_ids) == 0 ? {} : {
        FINOPS_ACCOUNTS  = join(",", concat([data.aws_caller_identity.current.account_id], sort(tolist(var.account_ids))))
        FINOPS_ROLE_NAME = "${local.prefix}-${each.key}-actor"
      },
    )
  }

  dynamic "vpc_config" {
    for_each = var.network[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [aws_cloudwatch_log_group.this, aws_iam_role_policy.this]
}

# A failed run is not tried again by Lambda: the next one goes on, the alarm says so, and its event is in the queue.
resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = local.functions

  function_name                = aws_lambda_function.this[each.key].function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 300

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failed.arn
    }
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.functions

  name                = "${local.prefix}-${each.key}"
  description         = "When finops act ${each.key} runs"
  schedule_expression = local.schedules[each.key]
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.functions

  rule = aws_cloudwatch_event_rule.this[each.key].name
  arn  = aws_lambda_function.this[each.key].arn
  input = jsonencode(merge(
    { (contains(keys(local.markers), each.key) ? "mark" : "apply") = contains(var.apply, each.value) },
    lookup(local.grace, each.key, {}),
  ))

  dead_letter_config {
    arn = aws_sqs_queue.failed.arn
  }
}

resource "aws_lambda_permission" "this" {
  for_each = local.functions

  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this[each.key].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.this[each.key].arn
}

resource "aws_cloudwatch_metric_alarm" "failed" {
  for_each = local.functions

  alarm_name          = "${local.prefix}-${each.key}-failed"
  alarm_description   = "finops act ${each.key} ended with an error: a closed gate, a cap, or an act that failed."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this[each.key].function_name }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.alerts_topic_arn]
}
