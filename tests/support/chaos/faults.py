"""The faults. Each waits for its moment, does its harm, lets the system come back, and notes what it saw."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from kafka.admin import TransactionState

from shared.stream._rebalance import GRACE_SECONDS
from tests.support.chaos.coverage import Hit, Situation
from tests.support.chaos.fleet import Fleet, WorkerProcess
from tests.support.chaos.load import STAGES
from tests.support.kafka_cluster import KafkaCluster
from tests.support.tcp_proxy import KafkaProxy

_TRANSACTION_OPEN: Final = "stream.transaction_open"
_BEFORE_COMMIT: Final = "stream.before_commit"
_AFTER_COMMIT: Final = "stream.after_commit"
_REACH_SECONDS: Final = 30.0
_SETTLE_SECONDS: Final = 60.0
_EVICT_SECONDS: Final = 30.0
_MAX_LOST_ANSWERS: Final = 1000


class Faults:
    """Breaks one thing at a time, so that the cluster always has a majority and both copies that a write needs.

    `hits`: the situations that came about. `broker_kills`: nodes ended with SIGKILL. `tell` gets a line for each step.
    """

    def __init__(
        self,
        cluster: KafkaCluster,
        proxy: KafkaProxy,
        fleet: Fleet,
        drawn: random.Random,
        tell: Callable[[str], None],
    ) -> None:
        self._cluster = cluster
        self._proxy = proxy
        self._fleet = fleet
        self._random = drawn
        self._tell = tell
        self.hits: list[Hit] = []
        self.broker_kills = 0

    def kill_with_transaction_open(self) -> None:
        """A worker dies after it sent results, before it sent their offsets."""
        self._kill_at(_TRANSACTION_OPEN, "kill with a transaction open")

    def kill_before_commit(self) -> None:
        """A worker dies after it sent the offsets, before the commit."""
        self._kill_at(_BEFORE_COMMIT, "kill between send_offsets and commit")

    def kill_after_commit(self) -> None:
        """A worker dies when its commit was acknowledged and it has done nothing with the answer yet."""
        self._kill_at(_AFTER_COMMIT, None)

    def kill_worker(self) -> None:
        """A worker dies anywhere."""
        worker = self._settled_worker()
        self._fleet.kill(worker)
        self._tell(f"killed {worker.name}")

    def come_back_late(self) -> None:
        """A worker dies, and comes back when the other has its partitions: that one must let go of some it works on."""
        worker = self._settled_worker()
        self._fleet.kill(worker, late=True)
        self._tell(f"killed {worker.name}, the next one comes late")
        self._wait(lambda: worker not in self._fleet.at_work(worker.stage), _REACH_SECONDS)
        self._settle(worker.stage)
        time.sleep(GRACE_SECONDS + 1.0)

    def kill_broker(self) -> None:
        """A node dies and comes back; half of the time a worker dies while it is away."""
        number = self._random.choice(sorted(self._cluster.nodes))
        worker = self._settled_worker() if self._random.random() < 0.5 else None
        self._kill_node(number)
        if worker is not None:
            self._fleet.kill(worker)
            self._tell(f"killed {worker.name} while node {number} is away")
        self._restore_node(number)

    def restart_broker(self) -> None:
        """A node is shut down in order, and started again."""
        number = self._random.choice(sorted(self._cluster.nodes))
        self._cluster.nodes[number].stop()
        self._proxy.refuse(self._cluster.ports[number].seen_by_clients)
        self._tell(f"stopped node {number}")
        self._restore_node(number)

    def kill_coordinator(self) -> None:
        """The node that coordinates an open transaction dies, while its worker stands still for a moment."""
        worker = self._settled_worker()
        place = self._random.choice((_TRANSACTION_OPEN, _BEFORE_COMMIT))
        if not self._stands_still_at(worker, place):
            return
        name = worker.transactional_id
        found = self._cluster.ask(lambda admin: admin.describe_transactions([name]))[name]
        self._kill_node(found.coordinator_id)
        if found.state == TransactionState.ONGOING and worker.frozen:
            evidence = f"node {found.coordinator_id} killed while {name} was {found.state.value} (at {place})"
            self._hit("transaction coordinator killed", evidence)
        self._fleet.thaw(worker)
        self._restore_node(found.coordinator_id)

    def zombie(self) -> None:
        """A worker stands still until the group has given it up, then goes on; at times another one has its slot."""
        worker = self._settled_worker()
        place = self._random.choice((None, _TRANSACTION_OPEN, _BEFORE_COMMIT))
        if place is None or not self._stands_still_at(worker, place):
            place = "any point"
            self._fleet.freeze(worker)
        self._tell(f"{worker.name} stands still at {place}")
        # Now, not before: while it goes on it may lose its membership and get another, which is no eviction.
        inside = self._members(worker.stage)
        if self._random.random() < 0.3:
            self._fleet.replace(worker)
            self._tell(f"another worker has the slot {worker.slot}")

        def evicted() -> bool:
            members = self._members(worker.stage)
            return bool(members) and bool(inside - members)

        out = self._wait(evicted, _EVICT_SECONDS)
        time.sleep(self._random.choice((0.0, 1.0, 6.0)))
        if out and worker.frozen:
            evidence = f"{worker.name} stood still (at {place}) until the group was stable without it"
            self._hit("zombie resumed after eviction", evidence)
        self._fleet.thaw(worker)
        self._tell(f"{worker.name} goes on")

    def lose_answer(self) -> None:
        """The answer to a commit is lost: once, a few times in a row, or for some seconds on end."""
        before = self._proxy.swallowed
        answers, seconds = self._random.choice(((1, 0.0), (3, 0.0), (_MAX_LOST_ANSWERS, 8.0)))
        self._proxy.swallow(answers)
        self._wait(lambda: self._proxy.swallowed > before, _REACH_SECONDS)
        self._wait(lambda: self._proxy.swallowed >= before + answers, max(2.0, seconds))
        self._proxy.swallow(0)
        lost = self._proxy.swallowed - before
        if lost:
            self._hit("commit of unknown outcome", f"{lost} answers to successful commits lost on their way")

    def _kill_at(self, failpoint: str, situation: Situation | None) -> None:
        worker = self._settled_worker()
        if not self._reached(worker, failpoint, "kill"):
            return
        self._wait(lambda: not worker.alive, _REACH_SECONDS)
        if worker.process.poll() == -signal.SIGKILL:
            self._tell(f"{worker.name} died at {failpoint}")
            if situation is not None:
                self._hit(situation, f"{worker.name} took its order at {failpoint} and died of SIGKILL")

    def _reached(self, worker: WorkerProcess, failpoint: str, order: str) -> bool:
        """Give the order; whether the worker took it in time."""
        worker.arm(failpoint, order)
        self._wait(lambda: worker.took(failpoint) or not worker.alive, _REACH_SECONDS)
        taken = not worker.disarm(failpoint)
        if not taken:
            self._tell(f"{worker.name} did not get to {failpoint}")
        return taken

    def _stands_still_at(self, worker: WorkerProcess, failpoint: str) -> bool:
        """Have the worker stop itself at a failpoint; whether it got there."""
        if not self._reached(worker, failpoint, "stop"):
            return False
        self._wait(lambda: worker.frozen or not worker.alive, _REACH_SECONDS)
        self._fleet.note_frozen(worker)
        return True

    def _settled_worker(self) -> WorkerProcess:
        """One of the workers, when both of its stage are in the group."""
        stage = self._random.choice(STAGES).name
        self._settle(stage)
        while not (workers := self._fleet.at_work(stage)):
            time.sleep(0.05)
        return self._random.choice(workers)

    def _settle(self, stage: str) -> None:
        """Wait until both workers of a stage are in the group."""

        def settled() -> bool:
            return len(self._fleet.at_work(stage)) == 2 and len(self._members(stage)) == 2

        if not self._wait(settled, _SETTLE_SECONDS):
            self._tell(f"{stage} does not settle: {len(self._members(stage))} members")

    def _members(self, stage: str) -> set[str]:
        """The ids of the group's members; none while it takes in or lets go."""
        group: Mapping[str, Any] = self._cluster.ask(lambda admin: admin.describe_groups([stage]))[stage]
        return {member["member_id"] for member in group["members"]} if group["group_state"] == "Stable" else set()

    def _kill_node(self, number: int) -> None:
        self._cluster.kill(number)
        self._proxy.refuse(self._cluster.ports[number].seen_by_clients)
        self.broker_kills += 1
        self._tell(f"killed node {number}")

    def _restore_node(self, number: int) -> None:
        self._cluster.start(number)
        self._proxy.accept(self._cluster.ports[number].seen_by_clients)
        self._cluster.wait_until_in_sync()
        self._tell(f"node {number} is back")

    def _hit(self, situation: Situation, evidence: str) -> None:
        self.hits.append(Hit(situation, evidence))
        self._tell(f"+ {situation}: {evidence}")

    @staticmethod
    def _wait(condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


Fault = Callable[[Faults], None]

CAUSES: Final[Mapping[Situation, Fault]] = {
    "kill with a transaction open": Faults.kill_with_transaction_open,
    "kill between send_offsets and commit": Faults.kill_before_commit,
    "transaction coordinator killed": Faults.kill_coordinator,
    "rebalance with running handlers": Faults.come_back_late,
    "zombie resumed after eviction": Faults.zombie,
    "partition taken over with a gap": Faults.kill_worker,
    "commit of unknown outcome": Faults.lose_answer,
}
"""What brings each situation about."""

OTHERS: Final[tuple[Fault, ...]] = (Faults.kill_broker, Faults.restart_broker, Faults.kill_after_commit)


def plan(at_least: int, drawn: random.Random) -> list[Fault]:
    """The faults of a run in a random order, each so many times."""
    faults = [fault for fault in (*CAUSES.values(), *OTHERS) for _ in range(at_least)]
    drawn.shuffle(faults)
    return faults
