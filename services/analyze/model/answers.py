"""What the answers to the analysis's questions must be: flat, bounded and without unions, which any provider can hold.

The bounds are wider than what is published: a text that is a little too long is of the right form, so that it can be
refused with a reason and asked again, which an answer of the wrong form can't.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.model import EntityKind, Stance

LONGEST_TEXT: Final = 600
"""Code points of a sentence. Published are 400 at most."""
LONGEST_QUOTE: Final = 1200
LONGEST_NAME: Final = 200

ClaimPart = Literal["summary", "tldr", "key_data", "role", "faq"]
Operation = Literal["", "ratio", "share", "difference", "sum", "change"]
RubricComponent = Literal["newsworthiness", "originality", "breadth", "magnitude", "duration", "novelty"]

_Sentence = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]
_Quote = Annotated[str, StringConstraints(max_length=LONGEST_QUOTE)]
_Name = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]


class _Answer(BaseModel):
    """Base of all answers. Not strict: "3" for 3 is no reason to pay for another answer; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ProposedClaim(_Answer):
    """One claim. `entity` and `metric` are for rows of key data, `entity` and `kind` for roles, `question` for
    questions, `operation` and `inputs` for a figure that is computed; elsewhere they are empty."""

    part: ClaimPart = Field(description="Which part of the analysis this claim is for.")
    text: _Sentence = Field(description="The claim: one sentence, in the article's language.")
    quotes: tuple[_Quote, ...] = Field(
        max_length=6,
        description="One to three passages that support it, each copied word for word.",
    )
    stance: Stance = Field(default="stated", description="How certain the quotes are.")
    by: _Name = Field(default="", description="Whose statement it is, copied from a quote; empty if it is nobody's.")
    importance: int = Field(default=3, ge=1, le=5, description="5 is the main news, 1 is a detail.")
    entity: _Name = Field(default="", description="key_data: whose figure it is. role: the person or organisation.")
    metric: _Name = Field(default="", description="key_data: the figure with its unit, copied from a quote.")
    kind: EntityKind = Field(default="other", description="role: what the entity is.")
    question: _Sentence = Field(default="", description="faq: the question that the claim answers.")
    operation: Operation = Field(default="", description="How a figure of the claim is computed; empty if none is.")
    inputs: tuple[_Name, ...] = Field(
        default=(), max_length=8, description="The figures that it is computed from, in order, copied from the quotes."
    )


class ClaimsAnswer(_Answer):
    """The answer to an item of `analyze.claims`: the claims of that part of the article.

    To an item with a refused claim: that claim, put right, or none if nothing in the text supports it.
    """

    claims: tuple[ProposedClaim, ...] = Field(max_length=40)


class ProposedParagraph(_Answer):
    """A paragraph of opinion and the ids of the claims that it rests on."""

    sentences: tuple[_Sentence, ...] = Field(max_length=8)
    based_on: tuple[_Name, ...] = Field(max_length=8, description="Ids of the claims that this rests on, as tldr.0.")


class ProposedInsight(_Answer):
    """An insight: opinion with a label. `wrong_if` is empty where it is a view."""

    label: _Sentence = Field(description="A few words.")
    sentences: tuple[_Sentence, ...] = Field(max_length=4)
    based_on: tuple[_Name, ...] = Field(max_length=8, description="Ids of the claims that this rests on, as tldr.0.")
    wrong_if: _Sentence = Field(default="", description="What would show that it is wrong; empty for a view.")


class OpinionAnswer(_Answer):
    """The answer to an item of `analyze.opinion`.

    To an item with a refused paragraph or insight: that one, put right, or nothing.
    """

    paragraphs: tuple[ProposedParagraph, ...] = Field(default=(), max_length=8)
    insights: tuple[ProposedInsight, ...] = Field(default=(), max_length=6)


class ProposedLevel(_Answer):
    """The level of one component of the rubric, 0 to 4, with the passages that show it."""

    component: RubricComponent
    quotes: tuple[_Quote, ...] = Field(
        max_length=6, description="One to three passages that show the level, each copied word for word."
    )
    level: int = Field(ge=0, le=4)


class RubricAnswer(_Answer):
    """The answer to an item of `analyze.rubric`: a level for each component that the instructions name."""

    levels: tuple[ProposedLevel, ...] = Field(max_length=12)
