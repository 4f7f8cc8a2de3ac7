"""A database of its own for each test that asks for one."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared.settings import CommonSettings
from shared.store import Store, open_store
from shared.telemetry import Metrics


@pytest.fixture
def settings(mongodb_uri: str) -> CommonSettings:
    """Settings that name a new database."""
    return CommonSettings(mongodb_uri=SecretStr(mongodb_uri), mongodb_database=f"t{uuid.uuid4().hex[:12]}")


@pytest.fixture
async def store(settings: CommonSettings) -> AsyncIterator[Store]:
    async with open_store(settings, Metrics()) as opened:
        await opened.prepare()
        yield opened
