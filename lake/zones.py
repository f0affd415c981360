"""Where everything lies in a lake. Keys are relative to the lake, with `/`, on disk and in S3 alike.

landing/<source>/billing_period=YYYY-MM/delivery=<id>/part-*.parquet   accepted bills, never changed
landing/<source>_in_place/…                                            in no lake: what an engine on disk fetched of it
landing/<source>/schema.parquet                                        no rows: the columns of that source
landing/<source>/collected_on=YYYY-MM-DD/collection=<id>/*.parquet     what accounts answered on a day, never changed
landing/collections/<source>/<YYYY-MM-DD>.json                         which of it counts, and what failed: the one swap
landing/deliveries/<source>/<export>/<YYYY-MM>/<delivery id>.json      what was accepted, never changed
landing/deliveries/<source>/<export>/<YYYY-MM>/current.json            what readers see, and its history: the one swap
landing/deliveries/<source>/<export>/<YYYY-MM>/dropped.json            the same of a month that was given up
settings/<name>.csv                                                    what a user says: rules of allocation, drivers
engine/                                                                the engines' own working files
engine/athena/landing/<table>/<table>.parquet                          what the pointers tell, as Athena's tables
engine/athena/tables/<database>/<table>/<id>/                          ... what it computes, in tables of its own
engine/athena/periods.json                                             ... which months those are finished for
engine/athena/published.json                                           ... and which files were published from them
athena-results/                                                        what Athena's statements answer; may expire
marts/<mart>/<mart>.parquet                                            published, one atomic swap per mart
marts/<mart>/<YYYY-MM>/<mart>.parquet                                  ... per mart and month, where a row is a charge
verdicts/<mart>/<validated at>-<run id>.json                           written once: may actions run on this mart?
verdicts/held_back.json                                                months that the last build holds back, and why
validation_results/<validated at>-<run id>.parquet                     one row per expectation
actions/plans/<run id>/<action>.json                                   what an action would do, and why
actions/ledger/<action>/<key>.json                                     what it did: written once per act
actions/STOP                                                           while it is there, no action runs
actions/<action>.yml                                                   what a user tells an action, such as schedules
actions/marks/<action>.json                                            what it means to do, and since when
actions/approvals/<action>/<key>.json                                  what a person approved, until when
actions/memory/<action>/<account>/<region>.json                        what an action saw and did there last
actions/memory/<action>/rules.json                                     which rules are new, or broke their promise
actions/memory/<action>/intents.json                                   what it was about to do when it was cut off
dashboards/index.html                                                  the page
past/<moment>/                                                         a lake of its own: this one as it was then
runs/<run id>.json                                                     what a run did, and with which result
.lock                                                                  who writes: one run at a time
"""

from __future__ import annotations

from pathlib import PurePosixPath

LANDING = "landing"
DELIVERIES = "landing/deliveries"
COLLECTIONS = "landing/collections"
ENGINE = "engine"
MARTS = "marts"
# No folder of the lake: the database of what the build makes in Athena.
BUILD = "build"
VERDICTS = "verdicts"
HELD_BACK = "verdicts/held_back.json"
VALIDATION_RESULTS = "validation_results"
PLANS = "actions/plans"
LEDGER = "actions/ledger"
KILL_SWITCH = "actions/STOP"
MEMORY = "actions/memory"
MARKS = "actions/marks"
APPROVALS = "actions/approvals"
DASHBOARDS = "dashboards"
RUNS = "runs"
PAST = "past"

ATHENA_TABLES = f"{ENGINE}/athena/tables"
ATHENA_PERIODS = f"{ENGINE}/athena/periods.json"
ATHENA_PUBLISHED = f"{ENGINE}/athena/published.json"
ATHENA_RESULTS = "athena-results"

# What Athena computes is a Glue database of its own, as landing and marts are; each lies over a folder of the lake.
BUILD = "build"
GLUE_DATABASES = {LANDING: LANDING, BUILD: ATHENA_TABLES, MARTS: MARTS}

# What a user may put there; see docs/allocation.md.
SETTINGS = "settings"
ALLOCATION_RULES = f"{SETTINGS}/allocation_rules.csv"
SHARED_COST_SPLITS = f"{SETTINGS}/shared_cost_splits.csv"
DRIVERS = f"{SETTINGS}/drivers.csv"

# Marks a lake that was made to look at the past: it is made anew, never fed.
AS_OF = "as_of.json"

PAGE = f"{DASHBOARDS}/index.html"
ENGINE_FILE = f"{ENGINE}/finops.duckdb"


def landed_folder(source: str, billing_period: str, delivery_id: str) -> str:
    """Folder of one delivery's Parquet files."""
    return f"{LANDING}/{source}/billing_period={billing_period}/delivery={delivery_id}"


def placed_copy(source: str, billing_period: str, delivery_id: str, name: str) -> str:
    """A file that is read in place, as it is fetched for an engine on this machine: never in the lake itself."""
    return f"{LANDING}/{source}_in_place/billing_period={billing_period}/delivery={delivery_id}/{name}"


def landed_schema(source: str) -> str:
    """A Parquet file without rows that carries every column and type of a source."""
    return f"{LANDING}/{source}/schema.parquet"


def collected_folder(source: str, collected_on: str, collection: str) -> str:
    """Folder of what one collection landed of a source."""
    return f"{LANDING}/{source}/collected_on={collected_on}/collection={collection}"


def collected_day(source: str, collected_on: str) -> str:
    """The pointer that readers follow for what was collected of a source on one day."""
    return f"{COLLECTIONS}/{source}/{collected_on}.json"


def athena_landing(table: str) -> str:
    """The one Parquet file of a table that is told by the pointers alone."""
    return f"{ENGINE}/athena/landing/{table}/{table}.parquet"


def period_folder(source: str, export: str, billing_period: str) -> str:
    """Folder of the delivery records of one export and month."""
    return f"{DELIVERIES}/{source}/{export}/{billing_period}"


def current_delivery(source: str, export: str, billing_period: str) -> str:
    """The pointer that readers follow for one export and month."""
    return f"{period_folder(source, export, billing_period)}/current.json"


def published_mart(mart: str) -> str:
    """The one Parquet file of a published mart."""
    return f"{MARTS}/{mart}/{mart}.parquet"


def published_month(mart: str, billing_period: str) -> str:
    """One month's Parquet file of a mart that is published month by month: in a folder of its own, a partition in Glue.

    The folder is not named as Hive would: the month stands in the file, too, and Arrow takes no column from both.
    """
    return f"{MARTS}/{mart}/{billing_period}/{mart}.parquet"


def month_of(key: str) -> str:
    """The month of a published file, YYYY-MM, or an empty text for a mart that is one file."""
    folder = PurePosixPath(key).parent
    return folder.name if folder.parent.name != MARTS else ""


def verdict(mart: str, validated_at: str, run_id: str) -> str:
    """A mart's verdict of one run; the newest sorts last."""
    return f"{VERDICTS}/{mart}/{validated_at}-{run_id}.json"


def validation_results(validated_at: str, run_id: str) -> str:
    """Every expectation's result of one validation."""
    return f"{VALIDATION_RESULTS}/{validated_at}-{run_id}.parquet"


def plan(run_id: str, action: str) -> str:
    """What an action would do in one run."""
    return f"{PLANS}/{run_id}/{action}.json"


def ledger_entry(action: str, key: str) -> str:
    """The record of one act, keyed so that a repeat finds it."""
    return f"{LEDGER}/{action}/{key}.json"


def action_settings(action: str) -> str:
    """What a user tells an action: a YAML file that is written by hand."""
    return f"actions/{action}.yml"


def action_memory(action: str, account: str, region: str) -> str:
    """What an action saw and did in one account and region, from run to run."""
    return f"{MEMORY}/{action}/{account}/{region}.json"


def action_rules(action: str) -> str:
    """What an action remembers of the rules whose findings it takes."""
    return f"{MEMORY}/{action}/rules.json"


def action_intents(action: str) -> str:
    """What an action is about to do, until that is in its ledger."""
    return f"{MEMORY}/{action}/intents.json"


def approval(action: str, key: str) -> str:
    """What a person approved of one resource, which the key stands for."""
    return f"{APPROVALS}/{action}/{key}.json"


def marks(action: str) -> str:
    """What an action means to do once its time has come."""
    return f"{MARKS}/{action}.json"


def run_record(run_id: str) -> str:
    """What one run did."""
    return f"{RUNS}/{run_id}.json"
