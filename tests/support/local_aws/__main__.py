"""`python -m tests.support.local_aws`: run until interrupted, and print what to export."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import threading
from pathlib import Path

from tests.support.local_aws.server import REGION, start
from tests.support.local_aws.throttle import Throttle

# Trees of parsed SQL are many things that live for long: Python need not look through them every moment.
gc.set_threshold(50_000, 20, 20)


def main() -> None:
    parser = argparse.ArgumentParser(description="A local AWS: S3, Glue, STS and Athena.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--bucket", action="append", default=[], help="a bucket to create; may be given more than once")
    parser.add_argument("--journal", type=Path, help="a file for every statement and every write to S3, as JSON lines")
    parser.add_argument("--throttle", type=int, metavar="N", help="refuse every N-th call of each operation")
    parser.add_argument("--region", default=REGION, help="where Athena answers")
    parser.add_argument(
        "--whole", action="store_true", help="all that Terraform asks for, steps and tasks; needs --journal"
    )
    given = parser.parse_args()
    throttle = Throttle(given.throttle) if given.throttle else None
    account = start(given.port, given.journal, throttle, given.region, is_whole=given.whole)
    for bucket in given.bucket:
        place = {} if given.region == REGION else {"CreateBucketConfiguration": {"LocationConstraint": given.region}}
        account.client("s3").create_bucket(Bucket=bucket, **place)
    for name, value in account.environment.items():
        print(f"export {name}={value}")
    print("# ready; stop it with Ctrl-C", flush=True)
    done = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: done.set())
    done.wait()
    if given.whole:
        account.stop()
    # What an account held is given back at once, not thing by thing.
    os._exit(0)


if __name__ == "__main__":
    main()
