"""Work for handlers that are called without a broker."""

from __future__ import annotations

from shared.model import Status


class FreeWork:
    """Work that is always this worker's; `notes` are the reports that the handler made."""

    attempt = 1
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    def __init__(self) -> None:
        self.notes: list[tuple[Status, str | None]] = []

    async def lease(self) -> None:
        """Nobody else wants it."""

    def note(self, status: Status, detail: str | None = None) -> None:
        self.notes.append((status, detail))
