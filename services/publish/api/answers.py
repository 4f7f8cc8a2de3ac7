"""HTTP answers that caches understand, and the one for retracted articles."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from services.publish.api.schemas import RetractedProblem
from services.publish.conditional import conditional
from shared.http import ProblemType
from shared.http.problems import PROBLEM_JSON
from shared.model import Pair, Retraction, format_instant

RETRACTED: Final = ProblemType("retracted", 410, "This article was retracted")

# A copy may be kept, and is asked about every time: a retraction must show within a second.
REVALIDATE: Final = "public, no-cache"


def answer(request: Request, body: bytes, cache_control: str = REVALIDATE) -> Response:
    """Return JSON, or 304 where the client has it already."""
    headers = {"Cache-Control": cache_control, "X-Content-Type-Options": "nosniff"}
    return conditional(request, body, "application/json", headers)


def retracted(retraction: Retraction) -> Response:
    """Return who withdrew an article, when and why, in both languages."""
    day, minute = format_instant(retraction.at)[:10], format_instant(retraction.at)[11:16]
    reason_en = "" if retraction.reason is None else f" Reason: {retraction.reason}"
    reason_zh = "" if retraction.reason is None else f"原因：{retraction.reason}"
    explanation = Pair(
        en=f"Retracted by {retraction.by} on {day} at {minute} UTC.{reason_en}",
        zh=f"{retraction.by} 已于 {day} {minute}（UTC）撤回本文。{reason_zh}",
    )
    problem = RetractedProblem(
        type=RETRACTED.uri,
        title=RETRACTED.title,
        status=RETRACTED.status,
        detail=explanation.en,
        explanation=explanation,
        retraction=retraction,
    )
    return Response(
        problem.model_dump_json(exclude={"errors"}),
        status_code=RETRACTED.status,
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": "no-cache"},
    )
