"""The Lambda function of `cost_reporter`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from lambdas.runtime.entry import Context, handle, utc_now


def handler(event: Mapping[str, Any] | None, context: Context | None) -> dict[str, Any]:
    """Run the action in the lake named by `FINOPS_LAKE`; a dry run unless the event says `{"apply": true}`."""
    return handle("cost_reporter", event or {}, context, environ=os.environ, now=utc_now())
