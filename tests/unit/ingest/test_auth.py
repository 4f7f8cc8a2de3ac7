import hashlib

import pytest
from pydantic import SecretStr

from services.ingest.auth import Keys
from shared.http import ProblemError
from shared.settings import SourceSettings


def _source(key: str | None) -> SourceSettings:
    digest = None if key is None else SecretStr(hashlib.sha256(key.encode()).hexdigest())
    return SourceSettings(name="A source", key_sha256=digest)


_KEYS = Keys({"alpha": _source("key of alpha"), "beta": _source("schlüssel"), "keyless": _source(None)}, local=False)


def _problem_of(key: str | None, slug: str) -> str:
    with pytest.raises(ProblemError) as caught:
        _KEYS.authenticate(key).require(slug)
    return caught.value.kind.slug


def test_a_key_is_good_for_its_own_source_only() -> None:
    _KEYS.authenticate("key of alpha").require("alpha")
    _KEYS.authenticate("schlüssel").require("beta")
    assert _problem_of("key of alpha", "beta") == "forbidden"


def test_a_source_that_does_not_exist_is_as_forbidden_as_another_one() -> None:
    assert _problem_of("key of alpha", "nobody") == "forbidden"


@pytest.mark.parametrize("key", [None, "", "wrong", "KEY OF ALPHA", "key of alpha "])
def test_without_a_known_key_there_is_a_challenge(key: str | None) -> None:
    with pytest.raises(ProblemError) as caught:
        _KEYS.authenticate(key)
    assert caught.value.kind.slug == "unauthorized"
    assert caught.value.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_hash_of_nothing_opens_nothing() -> None:
    keys = Keys({"alpha": _source("")}, local=False)
    with pytest.raises(ProblemError):
        keys.authenticate("")
    with pytest.raises(ProblemError):
        keys.authenticate(None)


def test_local_mode_is_open_for_every_slug() -> None:
    Keys({}, local=True).authenticate(None).require("anything")
