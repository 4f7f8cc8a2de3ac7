import json
from pathlib import Path

import pytest

from services.ingest.language import decide_language, detect
from shared.http import ProblemError

_SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.json"))

# The same two sentences, so that only the language differs.
_OTHERS = {
    "de": "Der Chiphersteller Corvane verhandelt nach Angaben von drei mit der Sache vertrauten Personen über den Kauf "
    "des Photonikunternehmens Lumetra für rund 4,2 Milliarden Dollar. Eine endgültige Entscheidung sei noch nicht "
    "gefallen, sagten die Personen, und die Gespräche könnten noch scheitern.",
    "fr": "Le fabricant de puces Corvane est en discussions avancées pour acquérir le groupe Lumetra pour environ "
    "4,2 milliards de dollars, selon trois personnes proches du dossier. Aucune décision définitive n'a été prise et "
    "les négociations pourraient encore échouer.",
    "es": "El fabricante de chips Corvane negocia la compra de la empresa Lumetra por unos 4.200 millones de dólares, "
    "según tres personas con conocimiento del asunto. No se ha tomado una decisión definitiva y las conversaciones "
    "podrían fracasar.",
    "it": "Il produttore di chip Corvane sta negoziando l'acquisto di Lumetra per circa 4,2 miliardi di dollari, "
    "secondo tre persone informate sui fatti. Non è stata presa una decisione definitiva e i colloqui potrebbero "
    "ancora fallire.",
    "pt": "A fabricante de chips Corvane negocia a compra da Lumetra por cerca de 4,2 bilhões de dólares, segundo três "
    "pessoas a par do assunto. Nenhuma decisão final foi tomada e as conversas ainda podem fracassar.",
    "nl": "Chipmaker Corvane is in vergevorderde gesprekken over de overname van Lumetra voor ongeveer 4,2 miljard "
    "dollar, zeggen drie personen die bekend zijn met de zaak. Er is nog geen definitief besluit genomen en de "
    "gesprekken kunnen nog mislukken, was in de krant te lezen.",
    "sv": "Chiptillverkaren Corvane för samtal om att köpa Lumetra för omkring 4,2 miljarder dollar, enligt tre "
    "personer med insyn i saken. Inget slutligt beslut har fattats och samtalen kan fortfarande misslyckas.",
    "da": "Chipproducenten Corvane forhandler om at købe Lumetra for omkring 4,2 milliarder dollar, siger tre personer "
    "med kendskab til sagen. Der er ikke truffet nogen endelig beslutning, og samtalerne kan stadig bryde sammen.",
    "pl": "Producent układów Corvane prowadzi rozmowy w sprawie przejęcia firmy Lumetra za około 4,2 miliarda dolarów, "
    "poinformowały trzy osoby znające sprawę. Nie podjęto jeszcze ostatecznej decyzji, a rozmowy mogą się nie powieść.",
    "ro": "Producătorul de cipuri Corvane negociază achiziția Lumetra pentru aproximativ 4,2 miliarde de dolari, "
    "potrivit a trei persoane la curent cu situația. Nu a fost luată o decizie finală, iar discuțiile ar putea eșua.",
    "hu": "A Corvane chipgyártó tárgyalásokat folytat a Lumetra megvásárlásáról mintegy 4,2 milliárd dollárért, "
    "közölte három, az ügyet ismerő személy. Végleges döntés még nem született, és a tárgyalások meg is hiúsulhatnak.",
    "fi": "Siruvalmistaja Corvane neuvottelee Lumetran ostamisesta noin 4,2 miljardilla dollarilla, kertoo kolme "
    "asiasta tietävää henkilöä. Lopullista päätöstä ei ole tehty, ja neuvottelut voivat vielä kaatua.",
    "tr": "Çip üreticisi Corvane, konuyu bilen üç kişiye göre Lumetra'yı yaklaşık 4,2 milyar dolara satın almak için "
    "görüşüyor. Henüz kesin bir karar alınmadı ve görüşmeler sonuçsuz kalabilir.",
    "vi": "Hãng chip Corvane đang đàm phán mua lại Lumetra với giá khoảng 4,2 tỷ đô la, theo ba người biết rõ vụ việc. "
    "Chưa có quyết định cuối cùng và các cuộc đàm phán vẫn có thể thất bại.",
    "id": "Produsen chip Corvane sedang dalam pembicaraan untuk membeli Lumetra seharga sekitar 4,2 miliar dolar, kata "
    "tiga orang yang mengetahui masalah ini. Belum ada keputusan akhir dan pembicaraan masih bisa gagal.",
    "tl": "Ang gumagawa ng chip na Corvane ay nakikipag-usap upang bilhin ang Lumetra sa halagang 4.2 bilyong dolyar, "
    "ayon sa tatlong taong may alam sa usapin. Wala pang pinal na desisyon at maaari pang mabigo ang usapan.",
    "sw": "Kampuni ya kutengeneza chipu ya Corvane iko katika mazungumzo ya kununua Lumetra kwa takriban dola bilioni "
    "4.2, kwa mujibu wa watu watatu wanaofahamu suala hilo. Hakuna uamuzi wa mwisho uliofikiwa.",
    "pinyin": "Ju zhiqing renshi touru, xinpian qiye Kefan bandaoti zhengzai shenru qiatan shougou Liumingte guangzi, "
    "duijia yue 42 yi meiyuan, yi xianjin jia gupiao de fangshi zhifu.",
    "ja": "半導体メーカーのコルベイン社は、光通信企業のルメトラを約42億ドルで買収する交渉を進めている。",
    "ko": "반도체 업체 코르베인이 광통신 기업 루메트라를 약 42억 달러에 인수하는 협상을 진행하고 있다.",
    "ru": "Производитель чипов «Корвейн» ведёт переговоры о покупке компании «Люметра» примерно за 4,2 млрд долларов.",
    "ar": "تجري شركة الرقائق كورفين محادثات لشراء شركة لوميترا مقابل نحو أربعة مليارات دولار، بحسب ثلاثة مصادر مطلعة.",
    "el": "Η κατασκευάστρια τσιπ Corvane διαπραγματεύεται την εξαγορά της Lumetra για περίπου 4,2 δισ. δολάρια.",
}
_ENGLISH = "Corvane said it will not buy the other company for that price."
_CHINESE = "据知情人士透露，科凡半导体正在洽谈收购流明特。"


@pytest.mark.parametrize("path", _SAMPLES, ids=lambda path: path.stem)
def test_samples(path: Path) -> None:
    post = json.loads(path.read_text())
    assert detect(f"{post['title']}\n\n{post['body']}").language == path.stem[-2:]


@pytest.mark.parametrize("language", _OTHERS)
def test_other_languages_are_refused_whatever_is_stated(language: str) -> None:
    for stated in (None, "en", "zh"):
        with pytest.raises(ProblemError) as caught:
            decide_language(_OTHERS[language], stated)
        assert caught.value.kind.slug == "unsupported-language"
        assert caught.value.errors[0].field == "body"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (_ENGLISH, "en"),
        (_CHINESE, "zh"),
        ("據知情人士透露，科凡半導體正在洽談收購流明特光子。", "zh"),
        ("OpenGrid 发布 Grid-5 和 Grid-5 Mini 模型，Corvane 与 Lumetra 均表示将采用。", "zh"),
        (f"{_ENGLISH} Its Chinese name is 科凡半导体.", "en"),
        (f"{_CHINESE} 歌名是「さくら」，演唱者来自东京，中国乐迷称之为经典之作。", "zh"),
    ],
)
def test_detected(text: str, language: str) -> None:
    assert decide_language(text, None) == language


@pytest.mark.parametrize("tag", ["zh", "ZH", "zh-CN", "zh-Hans", "zh-Hant-TW", "zh_TW"])
def test_chinese_is_one_language(tag: str) -> None:
    assert decide_language(_CHINESE, tag) == "zh"


@pytest.mark.parametrize(
    ("text", "stated", "slug", "field"),
    [
        (_CHINESE, "en", "language-mismatch", "language"),
        (_ENGLISH, "zh-Hant", "language-mismatch", "language"),
        (_ENGLISH, "fr", "unsupported-language", "language"),
        (_CHINESE, "ja", "unsupported-language", "language"),
        (_ENGLISH, "<b>", "unsupported-language", "language"),
        ("Corvane: Q3 2026, $612m", None, "language-unclear", "body"),
        ("Corvane: Q3 2026, $612m", "zh", "language-unclear", "body"),
        ("42 %", "en", "language-unclear", "body"),
        ("", None, "language-unclear", "body"),
    ],
)
def test_problems(text: str, stated: str | None, slug: str, field: str) -> None:
    with pytest.raises(ProblemError) as caught:
        decide_language(text, stated)
    assert caught.value.kind.slug == slug
    assert [error.field for error in caught.value.errors] == [field]


def test_a_stated_language_decides_where_there_is_too_little_text() -> None:
    assert decide_language("Corvane: Q3 2026, $612m", "en-GB") == "en"
