data "aws_partition" "current" {}

locals {
  prefix = "${var.name}-${var.environment}"

  # None of these actions can be limited to some resources, but for budgets and the recommendations of the services.
  read_statements = [
    for source in sort(tolist(var.sources)) : {
      Sid      = join("", [for word in split("_", "read_${source}") : title(word)])
      Effect   = "Allow"
      Action   = sort(local.actions[source])
      Resource = "*"
    }
  ]

  regions_statement = {
    Sid      = "ReadRegions"
    Effect   = "Allow"
    Action   = ["ec2:DescribeRegions"]
    Resource = "*"
  }

  # The same role in each of the other accounts, and no other.
  assume_statements = length(var.account_ids) == 0 ? [] : [{
    Sid    = "AssumeReaders"
    Effect = "Allow"
    Action = ["sts:AssumeRole"]
    Resource = [
      for id in sort(tolist(var.account_ids)) :
      "arn:${data.aws_partition.current.partition}:iam::${id}:role/${local.prefix}-reader"
    ]
  }]
}

resource "aws_iam_policy" "this" {
  name        = "${local.prefix}-collecting"
  description = "What finops collect asks, and nothing that changes anything"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.read_statements, [local.regions_statement], local.assume_statements)
  })
}

# In an account that is read from another one.
resource "aws_iam_role" "reader" {
  count = length(var.trusted_role_arns) == 0 ? 0 : 1

  name        = "${local.prefix}-reader"
  description = "Assumed by finops collect to read this account"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = sort(tolist(var.trusted_role_arns)) }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "reader" {
  count = length(aws_iam_role.reader)

  role       = aws_iam_role.reader[0].name
  policy_arn = aws_iam_policy.this.arn
}
