"""Query parameters. An unknown one is refused by name, so that a misspelt filter does not list everything."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.publish.library import ListQuery, Sort
from shared.model import Language, Slug, TermId


class NoParams(BaseModel):
    """For routes without parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DocumentParams(NoParams):
    lang: Literal["both", "en", "zh"] = Field(
        default="both",
        description="`both`: each text in both languages. `en` or `zh`: one text, in the article's own language where "
        "there is no other yet; `fidelity.leaves` lists those.",
    )


class ListParams(NoParams):
    source: Slug | None = Field(default=None, description="Articles of this source.")
    category: TermId | None = Field(default=None, description="Articles of this category; see /v1/categories.")
    tag: TermId | None = Field(default=None, description="Articles with this tag; see /v1/tags.")
    language: Language | None = Field(default=None, description="Articles written in this language.")
    min_quality: Annotated[float, Field(ge=0, le=100)] | None = Field(
        default=None, description="Articles with at least this quality score."
    )
    ready: Literal["any"] | None = Field(
        default=None, description="`any`: also articles that still wait for their fuller edition."
    )
    sort: Sort = Field(
        default="latest", description="Highest first; what has no score comes last. `latest`: newest first."
    )
    limit: int = Field(default=20, ge=1, le=100, description="Articles on a page.")
    cursor: Annotated[str, Field(min_length=1, max_length=300)] | None = Field(
        default=None, description="`next` of the page before, with the same filters and order."
    )

    def query(self) -> ListQuery:
        """Return the list that is asked for."""
        return ListQuery(
            source=self.source,
            category=self.category,
            tag=self.tag,
            language=self.language,
            min_quality=self.min_quality,
            ready_any=self.ready == "any",
            sort=self.sort,
            limit=self.limit,
            cursor=self.cursor,
        )
