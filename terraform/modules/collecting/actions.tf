# What each source of `finops collect` asks. A test keeps this, the code and docs/collecting.md the same.
locals {
  actions = {
    accounts = [
      "organizations:DescribeOrganization",
      "organizations:ListAccounts",
    ]
    inventory = [
      "autoscaling:DescribeAutoScalingGroups",
      "ec2:DescribeAddresses",
      "ec2:DescribeImages",
      "ec2:DescribeInstances",
      "ec2:DescribeNatGateways",
      "ec2:DescribeRouteTables",
      "ec2:DescribeSnapshots",
      "ec2:DescribeVolumes",
      "elasticloadbalancing:DescribeInstanceHealth",
      "elasticloadbalancing:DescribeLoadBalancers",
      "elasticloadbalancing:DescribeTags",
      "elasticloadbalancing:DescribeTargetGroups",
      "elasticloadbalancing:DescribeTargetHealth",
      "rds:DescribeDBClusters",
      "rds:DescribeDBInstances",
    ]
    instance_types = [
      "ec2:DescribeInstanceTypes",
    ]
    metrics = [
      "cloudwatch:GetMetricData",
      "cloudwatch:ListMetrics",
    ]
    recommendations = [
      "ce:GetRightsizingRecommendation",
      "compute-optimizer:GetAutoScalingGroupRecommendations",
      "compute-optimizer:GetEBSVolumeRecommendations",
      "compute-optimizer:GetEC2InstanceRecommendations",
      "compute-optimizer:GetIdleRecommendations",
      "compute-optimizer:GetRDSDatabaseRecommendations",
      "cost-optimization-hub:ListRecommendations",
      # What these services look at in the caller's name.
      "autoscaling:DescribeAutoScalingGroups",
      "cost-optimization-hub:GetRecommendation",
      "ec2:DescribeInstances",
      "ec2:DescribeVolumes",
      "rds:DescribeDBClusters",
      "rds:DescribeDBInstances",
    ]
    prices = [
      "pricing:GetProducts",
    ]
    budgets = [
      "budgets:ViewBudget",
    ]
    anomalies = [
      "ce:GetAnomalies",
    ]
    cost_explorer = [
      "ce:GetCostAndUsage",
    ]
  }
}
