"""What a function says in its log, a line of JSON each: AWS keeps what a function answers for nobody."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from lambdas.runtime.model import Verb

LOGGER = logging.getLogger("finops.actions")


def tell(document: Mapping[str, Any]) -> None:
    """The run in one line, and one for each resource that something was or would be done to; the others are counted.

    `document` is the report as plain JSON types. CloudWatch Logs Insights finds the fields by itself:
    `filter status = "failed" | stats count() by action`.
    """
    # Lambda's own level is WARNING.
    LOGGER.setLevel(logging.INFO)
    of = {name: document[name] for name in ("action", "run_id", "apply", "mark")}
    for outcome in document["outcomes"]:
        if outcome["verb"] != Verb.LEAVE:
            _line({**of, **outcome})
    _line({name: value for name, value in document.items() if name != "outcomes"})


def _line(content: Mapping[str, Any]) -> None:
    LOGGER.info(json.dumps(content, ensure_ascii=False))
