"""The spine on Apache Kafka. A module of its own: while a browser runs, no event loop can start in its thread."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Product
from tests.e2e.steps import document
from tests.support.articles import article
from tests.support.system import wait_for


@pytest.mark.kafka
def test_posts_and_a_retraction_arrive(product_on_kafka: Product) -> None:
    system = product_on_kafka.system
    accepted = [system.accept(article(number, "wire")) for number in range(20)]
    for answer in accepted:
        document(system, answer["article_id"], int(answer["revision"]))
    gone = accepted[0]["article_id"]
    system.http.delete(f"{system.url('ingest')}/v1/articles/{gone}")
    wait_for("410", lambda: system.read(f"/v1/articles/{gone}").status_code == 410)
