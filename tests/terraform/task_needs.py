"""What a task's calls need on AWS: of S3, the lake's key, Athena and Glue by resource, of all others by action.

Athena reads and writes tables in the caller's name, so a statement needs rights of Glue and S3, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.lambdas.policies.iam import Need
from tests.lambdas.policies.needs import FREE, action_of
from tests.support.local_aws import RemoteAws
from tests.support.local_aws.journal import Statement

ACCOUNT = "123456789012"
_OBJECTS = {
    "GetObject": ("s3:GetObject", "kms:Decrypt"),
    "HeadObject": ("s3:GetObject",),
    "PutObject": ("s3:PutObject", "kms:GenerateDataKey"),
    "CreateMultipartUpload": ("s3:PutObject", "kms:GenerateDataKey"),
    # A part is put under the key of its upload, which must be opened for it.
    "UploadPart": ("s3:PutObject", "kms:Decrypt"),
    "CompleteMultipartUpload": ("s3:PutObject", "kms:Decrypt"),
    "AbortMultipartUpload": ("s3:AbortMultipartUpload",),
    "CopyObject": ("s3:PutObject", "kms:GenerateDataKey"),
    "DeleteObject": ("s3:DeleteObject",),
}
_BUCKETS = {"ListObjects": "ListBucket", "ListObjectsV2": "ListBucket", "HeadBucket": "ListBucket"}
_CATALOGUE = ("GetDataCatalog", "GetTableMetadata")
_STATEMENTS = {
    "SELECT": ("glue:GetTable",),
    "CREATE_TABLE_AS_SELECT": ("glue:CreateTable",),
    "CREATE_TABLE": ("glue:CreateTable",),
    "CREATE_VIEW": ("glue:GetTable", "glue:CreateTable", "glue:UpdateTable"),
    "CREATE_DATABASE": ("glue:CreateDatabase",),
    "DROP_TABLE": ("glue:DeleteTable",),
    "DROP_VIEW": ("glue:DeleteTable",),
    "INSERT": ("glue:GetTable", "glue:UpdateTable"),
    "DELETE": ("glue:GetTable", "glue:UpdateTable"),
    "MERGE": ("glue:GetTable", "glue:UpdateTable"),
    "VACUUM": ("glue:GetTable", "glue:UpdateTable"),
    "ALTER_TABLE": ("glue:GetTable", "glue:UpdateTable"),
    "EXPLAIN": ("glue:GetTable",),
}


def of_call(aws: RemoteAws, workgroup: str, service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
    """The rights that one call needs. LookupError for a call to S3 that nobody described."""
    action = action_of(service, operation)
    if service == "s3":
        yield from _of_s3(aws, operation, params)
    elif service == "glue":
        yield from _of_glue(aws, operation, params)
    elif service == "athena":
        what = "datacatalog/AwsDataCatalog" if operation in _CATALOGUE else f"workgroup/{workgroup}"
        yield Need(action, f"arn:aws:athena:{aws.region}:{ACCOUNT}:{what}")
    elif action not in FREE:
        yield Need(action)


def of_statement(aws: RemoteAws, one: Statement) -> Iterator[Need]:
    """What Athena does in the name of who asks; of all tables that are named, which is more than AWS asks for.

    LookupError for a kind of statement that nobody described.
    """
    for table in one.tables:
        # With or without catalogue and database.
        *_, database, name = one.database, *table.split(".")
        for action in _STATEMENTS[one.kind]:
            yield from _glue_needs(aws, action, database, name)
    for uri in (uri for scan in one.scans for uri in scan.files):
        yield Need("s3:GetObject", _arn(uri))
    for uri in one.files:
        yield Need("s3:PutObject", _arn(uri))


def _arn(uri: str) -> str:
    return f"arn:aws:s3:::{uri.removeprefix('s3://')}"


def _of_s3(aws: RemoteAws, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
    bucket = params["Bucket"]
    if operation == "DeleteObjects":
        for one in params["Delete"]["Objects"]:
            yield Need("s3:DeleteObject", f"arn:aws:s3:::{bucket}/{one['Key']}")
    elif "Key" in params:
        for action in _OBJECTS[operation]:
            of_the_key = action.startswith("kms:")
            yield Need(action, _key_of(aws, bucket) if of_the_key else f"arn:aws:s3:::{bucket}/{params['Key']}")
    else:
        yield Need(f"s3:{_BUCKETS.get(operation, operation)}", f"arn:aws:s3:::{bucket}")
    if operation == "CopyObject":
        source = params["CopySource"]
        name = source if isinstance(source, str) else f"{source['Bucket']}/{source['Key']}"
        yield Need("s3:GetObject", f"arn:aws:s3:::{name}")


def _key_of(aws: RemoteAws, bucket: str) -> str:
    told = aws.client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    return str(told["Rules"][0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"])


def _of_glue(aws: RemoteAws, operation: str, params: Mapping[str, Any]) -> Iterator[Need]:
    database = params.get("DatabaseName") or params.get("Name") or params.get("DatabaseInput", {}).get("Name")
    table = params.get("TableName") or params.get("TableInput", {}).get("Name")
    if table is None and "DatabaseName" in params:
        # All tables of a database are asked for, or the one of that name.
        table = params.get("Name", "*" if operation == "GetTables" else None)
    yield from _glue_needs(aws, f"glue:{operation}", database, table)


def _glue_needs(aws: RemoteAws, action: str, database: str | None, table: str | None) -> Iterator[Need]:
    """Glue asks for a right on each level down to what is meant."""
    root = f"arn:aws:glue:{aws.region}:{ACCOUNT}"
    yield Need(action, f"{root}:catalog")
    if database is not None:
        yield Need(action, f"{root}:database/{database}")
    if table is not None:
        yield Need(action, f"{root}:table/{database}/{table}")
