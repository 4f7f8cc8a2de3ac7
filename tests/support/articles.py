"""Any number of articles, each with text of its own, as `POST /v1/articles` takes them."""

from __future__ import annotations

from typing import Final

_TOWNS: Final = ("Marrow Bay", "Eastleigh Moor", "Tarn", "Port Selwyn", "Hollin", "Greyford", "Avonlea Cross")
_FIRMS: Final = ("Larkfield Power", "Ostrava Grid", "Benthic Systems", "Quillon Labs", "Sable Freight")


def article(number: int, source: str, **fields: object) -> dict[str, object]:
    """Return article `number` of `source`: about 170 words with figures, an attribution, a hedge and a negation."""
    town, firm = _TOWNS[number % len(_TOWNS)], _FIRMS[number % len(_FIRMS)]
    amount, share, jobs = 20 + number * 3, 2 + number % 37, 110 + number * 7
    title = f"{firm} to spend ${amount} million on plant {number} in {town}"
    body = "\n\n".join(
        (
            f"{firm} will spend ${amount} million on its plant number {number} in {town}, the company said on Monday. "
            f"The work is to begin in April and will create {jobs} jobs over three years.",
            f"Orders rose {share}% in the last quarter, according to a filing. The company did not say who its new "
            f"customers are. A rival reportedly looked at the same site and may still build nearby.",
            f'"We have room to grow here," said Ines Falk, who runs the {town} site. She expects output of '
            f"{jobs * 12} units a month by 2028, up from {jobs * 9} today.",
            f"The town council approved the plan by nine votes to two. Councillor Bram Osei, who voted against, said "
            f"the road through {town} was not built for {amount // 2} lorries a day. The company has promised to pay "
            f"for a bypass, which could cost up to ${amount // 10 + 1} million.",
            f"{firm} employs {jobs * 20} people in four countries. Its shares closed {share / 10:.1f}% higher.",
        )
    )
    return {"source": source, "external_id": f"a{number}", "title": title, "body": body, **fields}
