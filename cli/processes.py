"""The services, as `diglot run` starts them and `diglot config` and `diglot doctor` know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Service:
    """One process. `settings`: module and class; `port`: the field with its port; `stage`: it consumes from topics."""

    name: str
    module: str
    settings: str
    port: str
    stage: bool

    @property
    def port_variable(self) -> str:
        return f"DIGLOT_{self.port.upper()}"

    @property
    def port_option(self) -> str:
        return f"--{self.port.replace('_', '-')}"


# In the order of the pipeline, which is also the order of stopping.
SERVICES: Final = (
    Service("ingest", "services.ingest.main", "services.ingest.settings:IngestSettings", "ingest_port", stage=False),
    Service(
        "analyze", "services.analyze.main", "services.analyze.settings:AnalyzeSettings", "analyze_port", stage=True
    ),
    Service(
        "translate",
        "services.translate.main",
        "services.translate.settings:TranslateSettings",
        "translate_port",
        stage=True,
    ),
    Service(
        "writer", "services.publish.writer_main", "services.publish.settings:WriterSettings", "writer_port", stage=True
    ),
    Service(
        "reader", "services.publish.reader_main", "services.publish.settings:ReaderSettings", "read_port", stage=False
    ),
)
