from __future__ import annotations

import json

from shared.telemetry.logs import _dumps


def test_a_line_that_holds_what_json_can_not_is_written_all_the_same() -> None:
    line = json.loads(_dumps({"event": "bad \ud800 text", "number": 2**70, "what": object}))
    assert line == {"event": "bad \ud800 text", "number": 2**70, "what": "<class 'object'>"}
