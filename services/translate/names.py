"""The name sheet of a document: how each name that it uses is written in the other language. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from shared.model import Language
from shared.vocabulary import find_term

_NAME_LEAF: Final = re.compile(r"(?:key_data\.\d+\.entity|entities\.\d+\.name)")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def name_sheet(leaves: Mapping[str, str], target: Language) -> dict[str, str]:
    """Return the form in `target` by the form that the article uses, for every leaf that is a name as a whole.

    A name of the termbase gets its preferred form. An unknown name in Latin script stays as it is in Chinese
    (FIDELITY, "Names"); an unknown Chinese name has no form yet and is left out.
    """
    sheet: dict[str, str] = {}
    for leaf_id, text in leaves.items():
        is_name = _NAME_LEAF.fullmatch(leaf_id) is not None
        if not is_name and not leaf_id.endswith(".by"):
            continue
        if term := find_term(text):
            sheet[text] = term.form(target)
        elif is_name and target == "zh" and _HAN.search(text) is None:
            sheet[text] = text
    return sheet
