"""Asks a process of a run whether it can work."""

from __future__ import annotations

import httpx


async def why_not_ready(http: httpx.AsyncClient, url: str) -> str | None:
    """The reasons that `/readyz` at `url` gives, in one line; None where the process is ready."""
    try:
        answer = await http.get(url)
    except httpx.HTTPError:
        return "it doesn't answer"
    if answer.status_code == httpx.codes.OK:
        return None
    try:
        reasons = answer.json().get("reasons", [])
    except (ValueError, AttributeError):
        reasons = []
    return "; ".join(str(reason) for reason in reasons) or f"it answers {answer.status_code}"
