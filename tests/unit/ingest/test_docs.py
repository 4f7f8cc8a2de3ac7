import re
from pathlib import Path

from services.ingest import problems
from services.ingest.routes import _POST_PROBLEMS, _RETRACT_PROBLEMS
from services.ingest.settings import IngestSettings
from shared.http import ProblemType

_PAGE = (Path(__file__).parents[3] / "docs" / "ingest.md").read_text()


def test_the_page_lists_every_problem_with_its_status() -> None:
    own = {kind for kind in vars(problems).values() if isinstance(kind, ProblemType)}
    assert own <= set(_POST_PROBLEMS)
    for kind in {*own, *_POST_PROBLEMS, *_RETRACT_PROBLEMS}:
        assert re.search(rf"^\| {kind.status} \| `{kind.slug}` \|", _PAGE, re.MULTILINE), kind.slug


def test_the_settings_it_names_exist() -> None:
    named = {name.lower() for name in re.findall(r"DIGLOT_([A-Z_]+)", _PAGE)} - {"config"}
    assert named <= IngestSettings.model_fields.keys()
    own = {name for name in IngestSettings.model_fields if name.startswith("ingest_")} - {"ingest_port"}
    assert own <= named
