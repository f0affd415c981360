"""The accounts of the organization (ListAccounts), day by day: an account may change its name, or leave."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.collecting.model import Ask, Row, Source, Span

# Organizations has one address for all regions.
ADDRESS = "us-east-1"


def read(ask: Ask) -> Iterator[Row]:
    """Every account; an account outside of an organization is told as unavailable by AWS's own error."""
    client = ask.client("organizations", ADDRESS)
    organization = client.describe_organization()["Organization"]
    for page in client.get_paginator("list_accounts").paginate():
        for told in page["Accounts"]:
            yield {
                "organization_id": organization["Id"],
                "management_account_id": organization.get("MasterAccountId"),
                "account_id": told["Id"],
                "account_name": told.get("Name"),
                # State is its newer name.
                "status": told.get("State") or told.get("Status"),
                "joined_method": told.get("JoinedMethod"),
                "joined_at": told.get("JoinedTimestamp"),
            }


SOURCE = Source("accounts", "accounts", Span.PAYER, {"account": read})
