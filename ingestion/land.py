"""Takes the bills of a folder into the lake: all of them or none, each delivery with one swap."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from ingestion import deliveries, reading
from ingestion.bills import BillFolder, FoundBill, SeenForm
from ingestion.deliveries import BillFile, Delivery
from ingestion.dictionary import arrow_schema
from ingestion.discover import Discovery, discover
from ingestion.guards import check_file
from ingestion.in_place import why_copied
from ingestion.refusals import require_settled
from ingestion.sources import form
from ingestion.staging import CheckedBill, Staged, stage
from lake import zones
from lake.catalog.settle import settle_landing
from lake.collected.dictionary import write_schemas
from lake.errors import LakeError
from lake.placed import missing, placed_files
from lake.settings import Profile
from lake.store import Store
from lake.tables import BILL_SOURCES
from lake.workspace import Workspace


@dataclass(frozen=True)
class IngestedDelivery:
    """One delivery of this ingest. `is_new` is False when the lake had it already; then nothing was written for it.

    `why_copied` tells what kept it from being read in place, where that was tried.
    """

    form: str
    is_new: bool
    delivery: Delivery
    why_copied: str = ""

    @property
    def kept(self) -> str:
        """How its rows are kept: copied into the lake, or read where AWS delivered them."""
        return "in place" if self.delivery.in_place else "copied"


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did: the deliveries that are current now, and what in the folder was not read."""

    bills: str
    deliveries: tuple[IngestedDelivery, ...]
    unsupported: tuple[SeenForm, ...]

    @property
    def row_count(self) -> int:
        """Rows of all deliveries."""
        return sum(one.delivery.row_count for one in self.deliveries)

    @property
    def unblended_cost(self) -> Decimal:
        """Their unblended cost; a checksum only where there are several currencies."""
        return sum((one.delivery.unblended_cost for one in self.deliveries), Decimal(0))


@dataclass(frozen=True)
class Survey:
    """A folder of bills, looked at.

    `known` are current in the lake, `returning` lie in it but were replaced since, `new` have their files checked.
    """

    discovery: Discovery
    known: tuple[Delivery, ...]
    returning: tuple[Delivery, ...]
    new: tuple[CheckedBill, ...]


def survey(ws: Workspace, bills: str, *, all_providers: bool = False, copy: bool = False) -> Survey:
    """Look at every bill of a folder or S3 prefix without its rows: files, headers, compression. Writes nothing.

    With `all_providers` lines of other clouds than AWS will be kept, else a FOCUS bill that has any is refused when it
    is landed. With `copy` no bill is read in place, else on the profile aws each is that can be. Raises BadBillError.
    Call it before the lake is locked, so that a wrong path does not even create the lake.
    """
    discovery = discover(bills, region=ws.settings.region)
    known: list[Delivery] = []
    returning: list[Delivery] = []
    new: list[CheckedBill] = []
    with ws.out.progress("Looking at the bills", total=len(discovery.bills)) as advance:
        for bill in discovery.bills:
            files = tuple(BillFile(one.key, one.size, discovery.folder.fingerprint(one)) for one in bill.files)
            identity = deliveries.delivery_id(bill, files)
            accepted = deliveries.accepted(ws.store, bill, identity)
            if accepted is None or not _is_there(ws, accepted) or (copy and accepted.in_place):
                checked = _check(discovery.folder, bill, identity, files, all_providers)
                is_tried = ws.settings.profile is Profile.AWS and not copy
                new.append(_placed(discovery.folder, checked) if is_tried else checked)
            elif deliveries.current(ws.store, bill) == accepted:
                known.append(accepted)
            else:
                returning.append(accepted)
            advance()
    return Survey(discovery, tuple(known), tuple(returning), tuple(new))


def ingest(
    ws: Workspace, bills: str, seen: Survey | None = None, *, all_providers: bool = False, copy: bool = False
) -> IngestReport:
    """Land every bill of a folder or `s3://bucket/prefix`; the caller holds `ws.store.locked()`.

    All bills are staged before the first is committed. Raises BadBillError, and the lake is as it was. `seen` is a
    survey of the same folder, made before the lock was taken; without it the folder is looked at here, and
    `all_providers` and `copy` are what `survey` takes.
    """
    seen = seen or survey(ws, bills, all_providers=all_providers, copy=copy)
    staged = _stage_and_publish(ws, seen)
    _write_schemas(ws.store)
    settle_landing(ws)
    landed = [IngestedDelivery(form(one.source).title, False, one) for one in seen.known]
    landed += [IngestedDelivery(form(one.delivery.source).title, True, one.delivery, one.why_copied) for one in staged]
    landed.sort(key=lambda one: (one.delivery.source, one.delivery.export_name, one.delivery.billing_period))
    return IngestReport(
        bills=seen.discovery.folder.store.uri,
        deliveries=tuple(landed),
        unsupported=seen.discovery.unsupported,
    )


def _check(
    folder: BillFolder, bill: FoundBill, identity: str, files: tuple[BillFile, ...], all_providers: bool
) -> CheckedBill:
    checked = (check_file(folder, bill, file) for file in bill.files)
    return CheckedBill(bill, identity, files, tuple(replace(file, all_providers=all_providers) for file in checked))


def _placed(folder: BillFolder, checked: CheckedBill) -> CheckedBill:
    why = why_copied(folder, checked.bill, checked.files)
    return replace(checked, why_copied=why) if why else replace(checked, in_place=folder.uri)


def _is_there(ws: Workspace, delivery: Delivery) -> bool:
    """Whether its files lie where its record says."""
    if delivery.in_place:
        return not missing(placed_files(asdict(delivery)), ws.settings.region)
    return set(delivery.files) <= {file.key for file in ws.store.files(_folder(delivery))}


def _stage_and_publish(ws: Workspace, seen: Survey) -> tuple[Staged, ...]:
    if not seen.new and not seen.returning:
        return ()
    import duckdb

    scratch = ws.store.scratch()
    try:
        staged = (*(Staged(one) for one in seen.returning), *_stage(ws, seen.new, scratch))
        require_settled(seen.discovery.folder, [one.bill for one in seen.new], region=ws.settings.region)
        _publish(ws.store, staged, ws.now)
    except duckdb.OutOfMemoryException as error:
        raise LakeError("The bill does not fit into memory or scratch space.", where=str(scratch)) from error
    except (duckdb.Error, OSError) as error:
        told = (str(error).strip().splitlines() or ["unknown reason"])[0]
        raise LakeError(
            f"The bill cannot be landed: {told}", where=ws.store.uri, todo="Check the free space."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        with suppress(OSError):
            scratch.parent.rmdir()
    return staged


def _stage(ws: Workspace, bills: Sequence[CheckedBill], scratch: Path) -> tuple[Staged, ...]:
    staged = []
    with reading.engine(scratch) as engine, ws.out.progress("Landing the bills") as advance:
        for checked in bills:
            told = f"Landing {checked.bill.export_name} {checked.bill.billing_period}"
            advance(0, told)
            before = deliveries.current(ws.store, checked.bill)
            staged.append(stage(engine, checked, scratch, ws.now, advance, before))
    return tuple(staged)


def _publish(store: Store, staged: Sequence[Staged], now: datetime) -> None:
    """Bring the files of all deliveries into the lake, then swap their pointers one by one."""
    written: list[str] = []
    committed = 0
    try:
        for one in staged:
            present = {file.key for file in store.files(_folder(one.delivery))}
            for path, key in one.parts:
                if key not in present:
                    written.append(key)
                store.upload(path, key)
        for one in staged:
            deliveries.commit(store, one.delivery, now)
            committed += 1
    except BaseException:
        kept = {key for one in staged[:committed] for key in one.delivery.files}
        for key in written:
            if key not in kept:
                store.delete(key)
        raise


def _folder(delivery: Delivery) -> str:
    return f"{zones.landed_folder(delivery.source, delivery.billing_period, delivery.delivery_id)}/"


def _write_schemas(store: Store) -> None:
    """Tell every source's columns, so that each can be read even before its first delivery."""
    import pyarrow.parquet as pq

    write_schemas(store)
    for source in BILL_SOURCES:
        content = io.BytesIO()
        pq.write_table(arrow_schema(source).empty_table(), content, compression="zstd")
        if store.read(zones.landed_schema(source)) != content.getvalue():
            store.write(zones.landed_schema(source), content.getvalue())
