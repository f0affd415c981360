# A network for one task a day: a public subnet in two zones, nothing that listens, no NAT gateway that costs more than all
# the rest. Who has a network names its subnets.
data "aws_availability_zones" "this" {
  # checkov:skip=CKV_AWS_394:A zone that AWS adds moves no subnet: see their lifecycle.
  count = local.own_network
  state = "available"

  # Those that every account has, so that no new kind of zone comes first.
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  own_network = length(var.subnet_ids) == 0 ? 1 : 0

  subnet_ids         = local.own_network == 1 ? aws_subnet.this[*].id : sort(tolist(var.subnet_ids))
  security_group_ids = local.own_network == 1 ? aws_security_group.this[*].id : sort(tolist(var.security_group_ids))
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11:One task that only calls AWS: flow logs would cost more than it does.
  count = local.own_network

  cidr_block           = var.network_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = local.prefix }
}

# The group that AWS makes by itself, left with no rule at all.
resource "aws_default_security_group" "this" {
  count = local.own_network

  vpc_id = aws_vpc.this[0].id
}

resource "aws_internet_gateway" "this" {
  count = local.own_network

  vpc_id = aws_vpc.this[0].id
}

resource "aws_subnet" "this" {
  count = 2 * local.own_network

  vpc_id            = aws_vpc.this[0].id
  cidr_block        = cidrsubnet(var.network_cidr, 1, count.index)
  availability_zone = data.aws_availability_zones.this[0].names[count.index]
  tags              = { Name = "${local.prefix}-${count.index}" }

  lifecycle {
    # Chosen once: another order of the zones shall not make subnets anew.
    ignore_changes = [availability_zone]
  }
}

resource "aws_route_table" "this" {
  count = local.own_network

  vpc_id = aws_vpc.this[0].id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this[0].id
  }
}

resource "aws_route_table_association" "this" {
  count = length(aws_subnet.this)

  subnet_id      = aws_subnet.this[count.index].id
  route_table_id = aws_route_table.this[0].id
}

resource "aws_security_group" "this" {
  # checkov:skip=CKV2_AWS_5:Steps give it to the task that each of them starts.
  count = local.own_network

  name        = "${local.prefix}-pipeline"
  description = "The pipeline calls AWS by HTTPS; nothing calls it"
  vpc_id      = aws_vpc.this[0].id
}

resource "aws_vpc_security_group_egress_rule" "https" {
  count = local.own_network

  security_group_id = aws_security_group.this[0].id
  description       = "The endpoints of AWS, whose addresses change"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
