import pytest
from pydantic import ValidationError

from services.ingest.articles import MAX_AHEAD_MS, Source, submit
from services.ingest.extract import HtmlExtractor
from services.ingest.schemas import ArticlePost
from shared.http import ProblemError
from shared.model import MAX_TEXT, Article, ArticleSubmitted, article_id, encode, format_instant
from shared.stream.topics import SUBMITTED

NOW = 1_795_420_800_000
_EXTRACTOR = HtmlExtractor(max_tags=20_000)
_BODY = "Corvane said it will not buy Lumetra.\n\nThe shares fell by 3.1% to the lowest level of the year."
_PLAIN = Source("wire", "The Wire", versioned=False)
_VERSIONED = Source("wire", "The Wire", versioned=True)


def _post(**fields: object) -> ArticlePost:
    return ArticlePost.model_validate(
        {"source": "wire", "external_id": "a-1", "title": "Corvane denies a deal", "body": _BODY, **fields}
    )


def _submit(source: Source = _PLAIN, **fields: object) -> ArticleSubmitted:
    return submit(_post(**fields), source, NOW, _EXTRACTOR)


def _refusal(source: Source = _PLAIN, **fields: object) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        _submit(source, **fields)
    return caught.value


def test_the_event_has_everything_that_is_fixed_here() -> None:
    event = _submit(
        url="https://News.example/a?utm_source=x#top",
        author="<i>Jane&nbsp;Doe</i>",
        published_at="2026-11-17T01:40:00+08:00",
        category="technology",
    )
    article = event.article
    assert article.id == article_id("wire", "a-1")
    assert article.source_name == "The Wire"
    assert article.text == f"Corvane denies a deal\n\n{_BODY}"
    assert article.language == "en"
    assert article.url == "https://news.example/a"
    assert article.author == "Jane Doe"
    assert article.published_at == 1_794_850_800_000
    assert article.category_hint == "technology"
    assert article.accepted == NOW
    assert article.content_hash == Article.hash_of(
        article.text, "en", article.url, "Jane Doe", article.published_at, "The Wire"
    )


def test_the_id_comes_from_the_external_id_else_from_the_canonical_url() -> None:
    url = "HTTPS://News.example:443/a?fbclid=1#x"
    assert _submit(url=url).article.id == article_id("wire", "a-1")
    assert _submit(url=url, external_id=None).article.id == article_id("wire", "https://news.example/a")


def test_the_revision_is_updated_at_where_the_source_is_versioned() -> None:
    updated = NOW - 60_000
    assert _submit(_VERSIONED, updated_at=format_instant(updated)).version.revision == updated
    assert _submit(_PLAIN, updated_at=format_instant(updated)).version.revision == NOW
    assert _submit(_PLAIN).version.revision == NOW


def test_a_versioned_source_must_say_when_it_updated() -> None:
    assert [error.field for error in _refusal(_VERSIONED).errors] == ["updated_at"]


@pytest.mark.parametrize("field", ["published_at", "updated_at"])
def test_five_minutes_ahead_is_the_most(field: str) -> None:
    _submit(_PLAIN, **{field: format_instant(NOW + MAX_AHEAD_MS)})
    problem = _refusal(_PLAIN, **{field: format_instant(NOW + MAX_AHEAD_MS + 1)})
    assert problem.kind.slug == "invalid-request"
    assert [error.field for error in problem.errors] == [field]


def test_the_same_article_as_text_and_as_html_is_the_same_content() -> None:
    html = "<h1>Corvane denies a deal</h1>" + "".join(f"<p>{text}</p>" for text in _BODY.split("\n\n"))
    assert _submit(body=html, body_format="html").article.content_hash == _submit().article.content_hash


def test_markup_in_a_text_is_text() -> None:
    assert "<b>not</b>" in _submit(body="Corvane said that it will <b>not</b> buy the company.").article.text


@pytest.mark.parametrize("body", ["", " \n\u200b", "\x00", "Corvane denies a deal", "… — \u3164"])
def test_a_body_without_text_is_refused(body: str) -> None:
    assert _refusal(body=body).kind.slug == "no-text"


def test_the_longest_text_is_taken_and_one_character_more_is_not() -> None:
    title = "A title"
    filler = "The shares fell. " * MAX_TEXT
    longest = filler[: MAX_TEXT - len(title) - 3] + "."
    assert len(_submit(title=title, body=longest).article.text) == MAX_TEXT
    assert _refusal(title=title, body=longest + ".").kind.slug == "text-too-long"
    assert _refusal(title=title, body=" " * 2_000_000).kind.slug == "text-too-long"


def test_the_largest_event_fits_its_topic() -> None:
    # Four bytes a character is the most that UTF-8 has; quotes and line feeds take two.
    event = _submit(
        title="\U00020000" * 300,
        body="\U00020000" * (MAX_TEXT - 302),
        author="\U00020000" * 200,
        url="https://news.example/" + "a" * 2000,
    )
    record = encode(event, "/diglot/ingest", "00-" + "0" * 52)
    size = len(record.key) + len(record.value) + sum(len(name) + len(value) for name, value in record.headers)
    assert size < SUBMITTED.max_bytes / 2


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"title": "<script></script>"}, "title"),
        ({"title": "\u200b\u3164"}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "&amp;" * 400_000}, "title"),
        ({"author": "x" * 201}, "author"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "https://u:p@news.example/"}, "url"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": " a"}, "external_id"),
        ({"external_id": "a\u202eb"}, "external_id"),
        ({"external_id": "x" * 257}, "external_id"),
        ({"external_id": None}, ""),
        ({"source": "Wire"}, "source"),
        ({"source": "wire-2"}, "source"),
        ({"category": "Tech & Science"}, "category"),
        ({"body_format": "markdown"}, "body_format"),
        ({"published_at": "2026-11-17"}, "published_at"),
        ({"published_at": "2026-13-17T00:00:00Z"}, "published_at"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "published_at"),
        ({"published_at": "9999-12-31T23:59:59-14:00"}, "published_at"),
        ({"published_at": True}, "published_at"),
        ({"published_at": 5}, "published_at"),
        ({"updated_at": 1_795_420_800_000}, "updated_at"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, object], where: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _post(**fields)
    assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == [where]


def test_an_empty_author_is_none() -> None:
    assert _submit(author=" <br> ").article.author is None
