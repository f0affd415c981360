locals {
  principals = {
    task      = { service = "ecs-tasks.amazonaws.com", does = "What finops may do in a task" }
    execution = { service = "ecs-tasks.amazonaws.com", does = "What starts a task: its image and its log" }
    steps     = { service = "states.amazonaws.com", does = "What runs the steps, one task each" }
    starter   = { service = "scheduler.amazonaws.com", does = "What starts the steps by the clock" }
    delivery  = { service = "events.amazonaws.com", does = "What starts the steps when a bill is delivered" }
  }

  state_machine_arn = "arn:${local.partition}:states:${local.region}:${local.account_id}:stateMachine:${local.prefix}-pipeline"
  all_buckets       = [var.bucket_arns.bills, var.bucket_arns.lake, var.bucket_arns.athena_results]
  glue              = "arn:${local.partition}:glue:${local.region}:${local.account_id}"

  statements = {
    task      = local.task_statements
    execution = local.execution_statements
    steps     = local.steps_statements
    starter   = [local.start_statement]
    delivery  = [local.start_statement]
  }

  start_statement = {
    Sid      = "StartTheSteps"
    Effect   = "Allow"
    Action   = ["states:StartExecution"]
    Resource = [local.state_machine_arn]
  }

  # As docs/running-on-aws.md lists it. Bills are read, never written.
  task_statements = [
    {
      Sid      = "ListBuckets"
      Effect   = "Allow"
      Action   = ["s3:GetBucketLocation", "s3:ListBucket"]
      Resource = local.all_buckets
    },
    {
      Sid      = "ReadAll"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = [for arn in local.all_buckets : "${arn}/*"]
    },
    {
      Sid      = "WriteLakeAndResults"
      Effect   = "Allow"
      Action   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]
      Resource = ["${var.bucket_arns.lake}/*", "${var.bucket_arns.athena_results}/*"]
    },
    {
      Sid      = "UseTheKeyOfTheLake"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = [var.kms_key_arn]
    },
    {
      Sid    = "Ask"
      Effect = "Allow"
      Action = [
        "athena:BatchGetQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetWorkGroup",
        "athena:ListQueryExecutions",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ]
      Resource = ["arn:${local.partition}:athena:${local.region}:${local.account_id}:workgroup/${var.athena_workgroup}"]
    },
    {
      Sid      = "AskForTables"
      Effect   = "Allow"
      Action   = ["athena:GetDataCatalog", "athena:GetTableMetadata"]
      Resource = ["arn:${local.partition}:athena:${local.region}:${local.account_id}:datacatalog/AwsDataCatalog"]
    },
    {
      Sid    = "KeepTables"
      Effect = "Allow"
      Action = [
        "glue:BatchCreatePartition",
        "glue:BatchDeletePartition",
        "glue:BatchGetPartition",
        "glue:CreateDatabase",
        "glue:CreateTable",
        "glue:DeleteTable",
        "glue:DeleteTableVersion",
        "glue:GetDatabase",
        "glue:GetDatabases",
        "glue:GetPartitions",
        "glue:GetTable",
        "glue:GetTableVersions",
        "glue:GetTables",
        "glue:UpdateTable",
      ]
      Resource = flatten([
        "${local.glue}:catalog",
        [for database in sort(values(var.glue_databases)) : ["${local.glue}:database/${database}", "${local.glue}:table/${database}/*"]],
      ])
    },
    {
      # What the plans of actions look at. No deed: those are the roles of the module actions.
      Sid    = "LookForPlans"
      Effect = "Allow"
      Action = [
        "cloudwatch:GetMetricData",
        "ec2:DescribeAddresses",
        "ec2:DescribeFastSnapshotRestores",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceAttribute",
        "ec2:DescribeInstanceStatus",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeInstances",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:DescribeLaunchTemplates",
        "ec2:DescribeLockedSnapshots",
        "ec2:DescribeNatGateways",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSnapshotAttribute",
        "ec2:DescribeSnapshots",
        "ec2:DescribeVolumes",
        "ec2:DescribeVolumesModifications",
        "ec2:DescribeVpcEndpointServiceConfigurations",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "rbin:GetRule",
        "rbin:ListRules",
        "rds:DescribeDBInstances",
      ]
      Resource = ["*"]
    },
  ]

  execution_statements = [
    {
      # ECR gives a token for all of it or none.
      Sid      = "LogInToEcr"
      Effect   = "Allow"
      Action   = ["ecr:GetAuthorizationToken"]
      Resource = ["*"]
    },
    {
      Sid      = "PullTheImage"
      Effect   = "Allow"
      Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      Resource = [aws_ecr_repository.this.arn]
    },
    {
      Sid      = "WriteTheLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
    },
  ]

  steps_statements = [
    {
      Sid       = "RunTheTask"
      Effect    = "Allow"
      Action    = ["ecs:RunTask"]
      Resource  = ["arn:${local.partition}:ecs:${local.region}:${local.account_id}:task-definition/${local.prefix}-pipeline:*"]
      Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } }
    },
    {
      Sid      = "WatchAndStopIt"
      Effect   = "Allow"
      Action   = ["ecs:DescribeTasks", "ecs:StopTask"]
      Resource = ["arn:${local.partition}:ecs:${local.region}:${local.account_id}:task/${local.prefix}/*"]
    },
    {
      # By this rule, which AWS names, Step Functions hears that a task has ended.
      Sid      = "HearThatItEnded"
      Effect   = "Allow"
      Action   = ["events:DescribeRule", "events:PutRule", "events:PutTargets"]
      Resource = ["arn:${local.partition}:events:${local.region}:${local.account_id}:rule/StepFunctionsGetEventsForECSTaskRule"]
    },
    {
      Sid       = "GiveTheTaskItsRoles"
      Effect    = "Allow"
      Action    = ["iam:PassRole"]
      Resource  = [for role in ["task", "execution"] : "arn:${local.partition}:iam::${local.account_id}:role/${local.prefix}-pipeline-${role}"]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
    {
      Sid      = "SeeWhetherAnotherRuns"
      Effect   = "Allow"
      Action   = ["states:ListExecutions"]
      Resource = [local.state_machine_arn]
    },
  ]
}

resource "aws_iam_role" "this" {
  for_each = local.principals

  name        = "${local.prefix}-pipeline-${each.key}"
  description = each.value.does
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = each.value.service }
      Action    = "sts:AssumeRole"
      # So that no other account's task or schedule comes in this role's name.
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  for_each = local.statements

  name = "pipeline"
  role = aws_iam_role.this[each.key].id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = each.value
  })
}

resource "aws_iam_role_policy_attachment" "collecting" {
  count = var.collect ? 1 : 0

  role       = aws_iam_role.this["task"].name
  policy_arn = var.collecting_policy_arn
}
