locals {
  # Interfaces of the network are made and taken away by Lambda in the role's name; the function itself may not.
  network_statements = {
    for function in keys(local.functions) : function => [for statement in [
      {
        Sid    = "LetLambdaJoinTheNetwork"
        Effect = "Allow"
        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets",
          "ec2:UnassignPrivateIpAddresses",
        ]
        Resource = ["*"]
      },
      {
        Sid    = "KeepTheFunctionFromInterfaces"
        Effect = "Deny"
        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]
        Resource = ["*"]
        Condition = {
          ArnEquals = {
            "lambda:SourceFunctionArn" = join(":", [
              "arn", data.aws_partition.current.partition, "lambda", data.aws_region.current.name,
              data.aws_caller_identity.current.account_id, "function", "${local.prefix}-${function}",
            ])
          }
        }
      },
    ] : statement if var.network != null]
  }
}

data "aws_region" "current" {}
