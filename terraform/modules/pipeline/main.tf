data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.name
  prefix     = "${var.name}-${var.environment}"

  environment = merge(
    {
      AWS_REGION              = local.region
      FINOPS_LAKE             = var.lake_uri
      FINOPS_PROFILE          = "aws"
      FINOPS_GLUE_PREFIX      = "${var.name}_${var.environment}"
      FINOPS_ATHENA_WORKGROUP = var.athena_workgroup
      FINOPS_ATHENA_RESULTS   = var.athena_results_uri
      FINOPS_ATHENA_BUDGET    = tostring(var.athena_budget)
    },
    var.settings,
  )
}

resource "aws_ecr_repository" "this" {
  # checkov:skip=CKV_AWS_136:The image holds our code alone, and AWS encrypts it with a key of its own.
  name                 = "${local.prefix}-pipeline"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.force_destroy

  image_scanning_configuration {
    scan_on_push = true
  }
}

# Five are enough to go back, and what lies here is billed.
resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep five"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 5 }
      action       = { type = "expire" }
    }]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158:What a run says is counts and totals; CloudWatch encrypts it with a key of its own.
  name              = "/${var.name}/${var.environment}/pipeline"
  retention_in_days = var.log_days
}

resource "aws_ecs_cluster" "this" {
  # checkov:skip=CKV_AWS_65:Container Insights costs more than the one task a day that it would watch.
  name = local.prefix

  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = "${local.prefix}-pipeline"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  task_role_arn            = aws_iam_role.this["task"].arn
  execution_role_arn       = aws_iam_role.this["execution"].arn

  runtime_platform {
    cpu_architecture        = var.cpu_architecture
    operating_system_family = "LINUX"
  }

  dynamic "ephemeral_storage" {
    for_each = var.disk_gib > 20 ? [var.disk_gib] : []

    content {
      size_in_gib = ephemeral_storage.value
    }
  }

  # All that the container writes; it is empty again at each start.
  volume {
    name = "work"
  }

  container_definitions = jsonencode([{
    name                   = "finops"
    image                  = "${aws_ecr_repository.this.repository_url}:${var.image_tag}"
    essential              = true
    readonlyRootFilesystem = true
    stopTimeout            = 30
    environment            = [for name, value in local.environment : { name = name, value = value }]
    mountPoints            = [{ sourceVolume = "work", containerPath = "/work", readOnly = false }]
    portMappings           = []
    volumesFrom            = []
    systemControls         = []
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "run"
      }
    }
  }])
}
