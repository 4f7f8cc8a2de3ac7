"""Prompts are files of their service, with a version that is in provenance and in the key of the cache."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final

from shared.llm.question import Prompt

_MARK: Final = "+++\n"


def load_prompt(package: str, name: str) -> Prompt:
    """Read the file `<name>.md` in a package: TOML between two lines `+++`, with `task` and `version`, then the words.

    Raises ValueError when the file is not of this form; it is part of the program, so that no setting can help.
    """
    text = files(package).joinpath(f"{name}.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(_MARK)
    head, mark, instructions = rest.partition(f"\n{_MARK}")
    if before or not mark or not instructions.strip():
        raise ValueError(f"prompt {name} of {package}: must be TOML between two lines +++, then the instructions")
    try:
        fields = tomllib.loads(head)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"prompt {name} of {package}: {error}") from error
    if fields.keys() != {"task", "version"} or not all(isinstance(v, str) and v for v in fields.values()):
        raise ValueError(f"prompt {name} of {package}: must have `task` and `version`, both strings, and nothing else")
    return Prompt(fields["task"], fields["version"], instructions.strip())
