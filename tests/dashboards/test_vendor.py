"""The charting library beside the page: licensed, without addresses to fetch from, safe to inline."""

from __future__ import annotations

import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "dashboards" / "vendor"


def test_licence_and_notice_lie_beside_the_bundle() -> None:
    licence = (VENDOR / "LICENSE-echarts").read_text()
    assert all(words in licence for words in ("Apache License", "Baidu", "Microsoft"))
    assert "Apache Software Foundation" in (VENDOR / "NOTICE-echarts").read_text()


def test_bundle_is_the_version_that_the_script_builds() -> None:
    built = re.search(r"^echarts=(\S+)$", (VENDOR / "build.sh").read_text(), re.MULTILINE)
    assert built is not None
    assert f"Apache ECharts {built[1]}," in (VENDOR / "echarts.min.js").read_text()[:200]
    assert built[1] in (VENDOR / "README.md").read_text()


def test_bundle_can_be_inlined_and_fetches_nothing() -> None:
    code = (VENDOR / "echarts.min.js").read_text()
    assert "</script" not in code
    assert set(re.findall(r"https?://[^\"'` )]+", code)) <= {
        "http://www.w3.org/1999/xlink",
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/2000/xmlns/",
        "http://www.w3.org/XML/1998/namespace",
    }
    assert not re.search(r"\beval\(|new Function\(|XMLHttpRequest|\bfetch\(", code)
