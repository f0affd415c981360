"""What a session in another account may do at most, whatever the role there allows: policies of sessions, IAM's JSON.

A session may do what both allow, its role and this. So a role that somebody widened is no wider for us.
"""

from __future__ import annotations

from typing import Any, Final

Policy = dict[str, Any]

_READING = [
    "autoscaling:Describe*",
    "budgets:View*",
    "ce:Get*",
    "cloudwatch:Get*",
    "cloudwatch:List*",
    "compute-optimizer:Get*",
    "cost-optimization-hub:Get*",
    "cost-optimization-hub:List*",
    "ec2:Describe*",
    "elasticloadbalancing:Describe*",
    "organizations:Describe*",
    "organizations:List*",
    "pricing:Get*",
    "rds:Describe*",
]

READ_ONLY: Final[Policy] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "LookAndNothingElse", "Effect": "Allow", "Action": _READING, "Resource": ["*"]}],
}
"""Of `finops collect`: it looks."""

ACTING: Final[Policy] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "WhatTheRoleAllows", "Effect": "Allow", "Action": ["*"], "Resource": ["*"]},
        {
            "Sid": "NoRightsAndNoAccounts",
            "Effect": "Deny",
            "Action": [
                "account:*",
                "iam:*",
                "kms:Disable*",
                "kms:Put*",
                "kms:Schedule*",
                "organizations:*",
                "s3:*",
                "sts:*",
            ],
            "Resource": ["*"],
        },
        {
            "Sid": "NothingThatIsProtected",
            "Effect": "Deny",
            "Action": [
                "autoscaling:Delete*",
                "autoscaling:Update*",
                "ec2:Delete*",
                "ec2:Detach*",
                "ec2:Modify*",
                "ec2:Release*",
                "ec2:Stop*",
                "ec2:Terminate*",
                "ecs:Delete*",
                "ecs:Update*",
                "elasticloadbalancing:Delete*",
                "rds:Delete*",
                "rds:Modify*",
                "rds:Stop*",
            ],
            "Resource": ["*"],
            "Condition": {
                "Null": {"aws:ResourceTag/finops:protect": "false"},
                "StringNotEqualsIgnoreCase": {"aws:ResourceTag/finops:protect": "false"},
            },
        },
    ],
}
"""Of `finops act`: rights and accounts are nobody's to change here, and what is tagged `finops:protect` stays."""
