"""A model with what is around its calls: the limit on how many run, the breaker, metrics, log lines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import structlog

from shared.llm.breaker import Breaker
from shared.llm.limiter import Limiter
from shared.llm.provider import Call, Fault, Misconfigured, NotBegun, Provider, Rejected, Reply, TooSoon
from shared.llm.question import ModelProfile
from shared.telemetry import Metrics

log = structlog.stdlib.get_logger(__name__)

_PATIENCE: Final = 20.0
"""Seconds of a Retry-After that are waited for; past that the next model is asked meanwhile."""
_TIMES_TOO_SOON: Final = 8
"""Refusals in a row, each at half the rate of the one before, after which a model counts as down."""
_FOR_A_PERSON: Final = 60.0
"""Seconds until a model is tried again that only a person can put right."""
_UNREACHED: Final = 5.0


class Endpoint:
    """One model. `assumed`: what is taken to be known of it until its server says more."""

    def __init__(
        self,
        provider: Provider,
        assumed: ModelProfile,
        concurrency: int,
        metrics: Metrics,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.provider = provider
        self.profile = assumed
        self.limiter = Limiter(concurrency, now)
        self.breaker = Breaker(now)
        self.problem = "not asked yet"
        self._metrics = metrics
        self._now = now
        self._known = False
        self._learning = asyncio.Lock()
        self._too_soon = 0

    async def learn(self) -> bool:
        """Ask the model's server for its profile, unless that is known. False: it can't be reached now."""
        async with self._learning:
            if self._known or self.breaker.wait > 0:
                return self._known
            try:
                self.profile = await self.provider.profile()
            except Fault as fault:
                self._failed(fault, pause=_FOR_A_PERSON if isinstance(fault, Misconfigured) else _UNREACHED)
                return False
            self._known = True
            self.breaker.succeeded()
            self._show_state()
            return True

    @property
    def is_misconfigured(self) -> bool:
        """True when what its server said last is for a person to put right."""
        return self.problem.startswith(_CHANGE)

    async def call(self, call: Call, begun: float) -> Reply:
        """Make a call in a slot that was got at `begun`. Raises Fault; NotBegun while it is down."""
        if not self.breaker.begin():
            raise NotBegun(self.problem)
        started = time.perf_counter()
        self._metrics.set("diglot_llm_in_flight", self.limiter.running, model=self.profile.name)
        try:
            reply = await self.provider.call(call)
        except Fault as fault:
            self._count(call, type(fault).__name__.lower(), started)
            self._note(fault, begun)
            raise
        except BaseException:
            self.breaker.ended()
            raise
        self._count(call, reply.ended, started)
        self._spent(reply)
        self._too_soon = 0
        self.limiter.accepted()
        self._works()
        return reply

    def _note(self, fault: Fault, begun: float) -> None:
        if isinstance(fault, Rejected):
            self.limiter.accepted()
            self._works()
        elif isinstance(fault, TooSoon):
            self._wait(fault, begun)
        elif isinstance(fault, Misconfigured):
            self._failed(fault, pause=_FOR_A_PERSON)
        else:
            self._failed(fault, pause=fault.retry_after)

    def _wait(self, fault: TooSoon, begun: float) -> None:
        if self.limiter.refused(begun, fault.retry_after):
            self._too_soon += 1
        if (fault.retry_after or 0.0) > _PATIENCE or self._too_soon >= _TIMES_TOO_SOON:
            self._too_soon = 0
            self._failed(fault, pause=fault.retry_after or _PATIENCE)
        else:
            self.breaker.ended()

    def _works(self) -> None:
        if self.breaker.is_open:
            log.info("model works again", model=self.profile.name)
        self.breaker.succeeded()
        self._show_state()

    def _failed(self, fault: Fault, *, pause: float | None) -> None:
        was_open = self.breaker.is_open
        self.problem = f"{_CHANGE} {fault.reason}" if isinstance(fault, Misconfigured) else fault.reason
        self.breaker.failed(pause=pause)
        if self.breaker.is_open and not was_open:
            write = log.error if isinstance(fault, Misconfigured) else log.warning
            write("model is down", model=self.profile.name, reason=self.problem, again_in=round(self.breaker.wait, 1))
        self._show_state()

    def _show_state(self) -> None:
        self._metrics.set("diglot_llm_down", int(self.breaker.is_open), model=self.profile.name)

    def _count(self, call: Call, outcome: str, started: float) -> None:
        name = self.profile.name
        self._metrics.increment("diglot_llm_calls_total", model=name, task=call.task, outcome=outcome)
        self._metrics.observe("diglot_llm_seconds", time.perf_counter() - started, model=name, task=call.task)
        self._metrics.set("diglot_llm_in_flight", self.limiter.running - 1, model=name)

    def _spent(self, reply: Reply) -> None:
        name, usage = self.profile.name, reply.usage
        self._metrics.increment("diglot_llm_tokens_total", usage.tokens_in, model=name, kind="in")
        self._metrics.increment("diglot_llm_tokens_total", usage.tokens_out, model=name, kind="out")
        self._metrics.increment("diglot_llm_cost_usd_total", float(usage.cost_usd), model=name)


_CHANGE: Final = "needs a person:"
