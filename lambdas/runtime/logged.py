"""What a function says in its log, a line of JSON each: AWS keeps what a function answers for nobody."""

from __future__ import annotations

import json
import logging
from typing import Any

from lambdas.runtime import ledger
from lambdas.runtime.model import Verb
from lambdas.runtime.report import ActionReport

LOGGER = logging.getLogger("finops.actions")


def tell(report: ActionReport) -> None:
    """The run in one line, and one for each resource that something was or would be done to; the others are counted.

    CloudWatch Logs Insights finds the fields by itself: `filter status = "failed" | stats count() by action`.
    """
    # Lambda's own level is WARNING.
    LOGGER.setLevel(logging.INFO)
    document = json.loads(ledger.as_json(report.as_document()))
    of = {name: document[name] for name in ("action", "run_id", "apply", "mark")}
    for outcome in document.pop("outcomes"):
        if outcome["verb"] != Verb.LEAVE:
            _line({**of, **outcome})
    _line(document)


def _line(content: dict[str, Any]) -> None:
    LOGGER.info(json.dumps(content, ensure_ascii=False))
