"""What the answers to the translation's questions must be."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from shared.model import Model

LONGEST_TEXT: Final = 2000
"""Code points. A document holds 1,200; what is longer by less is judged, so that a shorter one can be asked for."""
LONGEST_REASON: Final = 300


class Translation(Model):
    """The answer to an item of `translate.segments`: the segment in the other language, nothing else.

    An empty text is of the right form: the gate refuses it with a reason, which a refused form would not have.
    """

    text: Annotated[str, StringConstraints(max_length=LONGEST_TEXT)] = Field(
        description="The translation of the item's text, and nothing else."
    )


class Opinion(Model):
    """The answer to an item of `translate.second_opinion`. The reason comes first, so that it is thought of first."""

    reason: Annotated[str, StringConstraints(max_length=LONGEST_REASON)] = Field(
        description="One short sentence: why the translation keeps the meaning, or what it loses."
    )
    faithful: bool = Field(description="Whether the translation says what the source says, with the same certainty.")
