"""Public on-demand prices in USD, as AWS lists them for us-east-1, eu-west-1 and us-west-2.

Source: AWS's public price pages of 2025, typed in, not fetched. They make a plausible bill and are no quote; above all
the eu-west-1 column and the commitment rates (about 27 % under on-demand for EC2, 15 % for Fargate) are approximate.
"""

from __future__ import annotations

from decimal import Decimal

from ingestion.synthetic.regions import BEIJING, IRELAND, Region

# Name of the price -> (us-east-1 and us-west-2, eu-west-1). Instances: per hour; volumes: per GB-month.
_TABLE: dict[str, tuple[str, str]] = {
    "m4.xlarge": ("0.2000", "0.2220"),
    "m5.large": ("0.0960", "0.1070"),
    "m5.large Windows": ("0.1880", "0.1990"),
    "m5.xlarge": ("0.1920", "0.2140"),
    "m6i.xlarge": ("0.1920", "0.2140"),
    "m6g.large": ("0.0770", "0.0860"),
    "m7g.medium": ("0.0408", "0.0456"),
    "m7g.large": ("0.0816", "0.0911"),
    "m7g.xlarge": ("0.1632", "0.1822"),
    "m7g.4xlarge": ("0.6528", "0.7286"),
    "c7g.4xlarge": ("0.5800", "0.6208"),
    "r4.large": ("0.1330", "0.1482"),
    "r5.large": ("0.1260", "0.1410"),
    "r6i.large": ("0.1260", "0.1410"),
    "r7g.xlarge": ("0.2142", "0.2390"),
    "r7g.8xlarge": ("1.7136", "1.9123"),
    "r7g.16xlarge": ("3.4272", "3.8246"),
    "t2.large": ("0.0928", "0.1008"),
    "t3.large": ("0.0832", "0.0912"),
    "VolumeUsage.gp2": ("0.1000", "0.1100"),
    "VolumeUsage.gp3": ("0.0800", "0.0880"),
    "VolumeP-IOPS.gp3": ("0.0050", "0.0055"),
    "VolumeP-Throughput.gp3": ("40.9600", "45.0560"),
    "SnapshotUsage": ("0.0500", "0.0500"),
    "db.m6g.large MySQL": ("0.1520", "0.1680"),
    "db.r6g.2xlarge PostgreSQL Multi-AZ": ("1.8000", "1.9960"),
    "db.r6g.2xlarge Aurora PostgreSQL": ("1.0380", "1.1520"),
    "db.r7g.large MySQL": ("0.2390", "0.2640"),
    "Aurora:ServerlessV2Usage": ("0.1200", "0.1400"),
    "Multi-AZ-GP3-Storage": ("0.2300", "0.2540"),
    "GP3-Storage": ("0.1150", "0.1270"),
    "Aurora:StorageUsage": ("0.1000", "0.1100"),
    "Aurora:StorageIOUsage": ("0.0000002", "0.00000022"),
    "cache.r7g.xlarge": ("0.4370", "0.4850"),
    "r6g.xlarge.search": ("0.3350", "0.3730"),
    "LoadBalancerUsage": ("0.0225", "0.0252"),
    "LCUUsage": ("0.0080", "0.0080"),
    "NatGateway-Hours": ("0.0450", "0.0480"),
    "NatGateway-Bytes": ("0.0450", "0.0480"),
    "VpcEndpoint-Hours": ("0.0100", "0.0110"),
    "VpcEndpoint-Bytes": ("0.0100", "0.0100"),
    "PublicIPv4": ("0.0050", "0.0050"),
    "DataTransfer-Out-Bytes": ("0.0900", "0.0900"),
    "DataTransfer-Regional-Bytes": ("0.0100", "0.0100"),
    "TimedStorage-ByteHrs": ("0.0220", "0.0220"),
    "TimedStorage-SIA-ByteHrs": ("0.0125", "0.0125"),
    "TimedStorage-GIR-ByteHrs": ("0.0040", "0.0040"),
    "Requests-Tier1": ("0.0000050", "0.0000050"),
    "Requests-Tier2": ("0.0000004", "0.0000004"),
    "DynamoDB storage": ("0.2500", "0.2830"),
    "ReadRequestUnits": ("0.000000125", "0.0000001415"),
    "WriteRequestUnits": ("0.000000625", "0.000000705"),
    "Storage-ShardHour": ("0.0150", "0.0170"),
    "PutRequestPayloadUnits": ("0.000000014", "0.0000000165"),
    "WebACL": ("5.0000", "5.0000"),
    "WAF request": ("0.0000006", "0.0000006"),
    "Fargate-ARM-vCPU-Hours": ("0.03238", "0.03238"),
    "Fargate-ARM-GB-Hours": ("0.00356", "0.00356"),
    "Lambda-GB-Second-ARM": ("0.0000133334", "0.0000133334"),
    "Lambda-Request": ("0.0000002", "0.0000002"),
    "CloudFront-Out": ("0.0850", "0.0850"),
    "CW:MetricMonitorUsage": ("0.3000", "0.3000"),
    "CW:Logs": ("0.5000", "0.5700"),
    "KMS-Requests": ("0.000003", "0.000003"),
    "Secrets": ("0.4000", "0.4000"),
    "SNS request": ("0.0000005", "0.0000005"),
    "CloudTrail free event": ("0", "0"),
}

# In yuan, and approximate: AWS's companies in China have prices of their own, not converted ones.
_IN_BEIJING: dict[str, str] = {"m7g.xlarge": "1.1424", "Requests-Tier1": "0.0000405"}

# One-year compute savings plan, no upfront: what an hour costs under the plan, as a share of its public price.
PLAN_SHARES: dict[str, Decimal] = {
    "c7g.4xlarge": Decimal("0.7338"),
    "m7g.xlarge": Decimal("0.7304"),
    "Fargate-ARM-vCPU-Hours": Decimal("0.8500"),
    "Fargate-ARM-GB-Hours": Decimal("0.8500"),
}

# Mean spot price of the hour; it moves around this.
SPOT_PRICES: dict[str, Decimal] = {"c7g.4xlarge": Decimal("0.2274"), "m7g.4xlarge": Decimal("0.2611")}


def public_price(name: str, region: Region) -> Decimal:
    """The public price per unit, USD, in China yuan. Raises KeyError for a name that the table does not have."""
    if region is BEIJING:
        return Decimal(_IN_BEIJING[name])
    elsewhere, ireland = _TABLE[name]
    return Decimal(ireland if region is IRELAND else elsewhere)
