"""On the path of each task: Python reads this first, and from then on every call to AWS is noted before it is sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from botocore import handlers


def _note(params: dict[str, Any], model: Any, **_: Any) -> None:
    told = {name: value for name, value in params.items() if name != "Body"}
    line = json.dumps([model.service_model.service_name, model.name, told], default=str)
    # One write to a file that is only ever longer: threads and processes do not cut each other short.
    with Path(os.environ["LOCAL_AWS_CALLS"]).open("a", encoding="utf-8") as file:
        file.write(line + "\n")


handlers.BUILTIN_HANDLERS.append(("provide-client-params", _note))
