"""The brokers that the contract tests run on, behind one face."""

from __future__ import annotations

from dataclasses import dataclass

from shared.settings import CommonSettings


@dataclass(frozen=True)
class Broker:
    """A running broker. `embedded` says which kind; `settings` are those that a service would get."""

    bootstrap: str
    embedded: bool

    def settings(self) -> CommonSettings:
        return CommonSettings(
            kafka_bootstrap=self.bootstrap,
            kafka_embedded=self.embedded,
            kafka_replication=1,
            log_format="console",
        )

    def environment(self) -> dict[str, str]:
        """The same settings as variables, for a service that runs as a process."""
        return {
            "DIGLOT_KAFKA_BOOTSTRAP": self.bootstrap,
            "DIGLOT_KAFKA_EMBEDDED": str(self.embedded).lower(),
            "DIGLOT_KAFKA_REPLICATION": "1",
        }
