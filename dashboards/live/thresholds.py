"""From when on something counts as idle or too large. Each number has its source."""

from __future__ import annotations

# AWS Compute Optimizer calls an instance idle whose peak CPU stayed below 5 % and whose network stayed below 5 MB a day
# for 14 days; 5 MB a day in and out.
IDLE_CPU_PCT = 5.0
IDLE_NETWORK_BYTES_PER_DAY = 5_000_000
IDLE_DAYS = 14
# AWS Trusted Advisor: a volume with less than one operation a day for seven days; a database without a connection for
# seven days.
IDLE_VOLUME_DAYS = 7
IDLE_DATABASE_DAYS = 7
# AWS Compute Optimizer: a volume that was not attached, a NAT gateway that was not used, for 32 days.
LONG_DAYS = 32
# AWS Trusted Advisor: an instance that was stopped for more than 30 days.
STOPPED_DAYS = 30
# A snapshot of a volume that is gone is looked at after 90 days, as most published checks do.
SNAPSHOT_DAYS = 90

# Of the hours of each day that is judged, at least so many must have values.
LEAST_COVERAGE = 0.9
# AWS Compute Optimizer's default: a fifth of processor and memory stays free at the 99.5th percentile.
HEADROOM = 0.20
