"""`python -m tests.support.local_aws`: run until interrupted, and print what to export."""

from __future__ import annotations

import argparse
import threading

from tests.support.local_aws.server import start


def main() -> None:
    parser = argparse.ArgumentParser(description="A local AWS: S3, Glue, STS and Athena.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--bucket", action="append", default=[], help="a bucket to create; may be given more than once")
    given = parser.parse_args()
    account = start(given.port)
    for bucket in given.bucket:
        account.client("s3").create_bucket(Bucket=bucket)
    for name, value in account.environment.items():
        print(f"export {name}={value}")
    print("# ready; stop it with Ctrl-C", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        account.stop()


if __name__ == "__main__":
    main()
