"""A small termbase for the tests of names."""

from shared.names import TermIndex
from shared.vocabulary import Term

TERMS = (
    Term("google", "organisation", "Google", "Google", also_zh=("谷歌",)),
    Term("microsoft", "organisation", "Microsoft", "微软", also_zh=("Microsoft",)),
    Term(
        "apple",
        "organisation",
        "Apple",
        "苹果",
        also_en=("Apple Inc.",),
        also_zh=("苹果公司",),
        not_in=("苹果汁", "Apple pie"),
    ),
    Term("amazon", "organisation", "Amazon", "亚马逊", also_en=("Amazon.com",), not_in=("Amazon rainforest",)),
    Term("meta", "organisation", "Meta", "Meta", also_en=("Meta Platforms",)),
    Term("qualcomm", "organisation", "Qualcomm", "高通", not_in=("高通胀",)),
    Term("huawei", "organisation", "Huawei", "华为"),
    Term("samsung", "organisation", "Samsung", "三星", also_en=("Samsung Electronics",), also_zh=("三星电子",)),
    Term("ford", "organisation", "Ford", "福特", also_en=("Ford Motor",), also_zh=("福特汽车",)),
    Term("doug-ford", "person", "Doug Ford", "道格·福特", short_en=("Ford",), ambiguous=frozenset({"Ford"})),
    Term("fed", "organisation", "Federal Reserve", "美联储", also_en=("US Federal Reserve",), short_en=("the Fed",)),
    Term("pboc", "organisation", "People's Bank of China", "中国人民银行", short_en=("PBOC",)),
    Term("boc", "organisation", "Bank of China", "中国银行"),
    Term("jassy", "person", "Andy Jassy", "安迪·贾西"),
    Term("pichai", "person", "Sundar Pichai", "桑达尔·皮查伊"),
    Term("jensen", "person", "Jensen Huang", "黄仁勋"),
    Term("xi", "person", "Xi Jinping", "习近平"),
    Term("wen", "person", "Wen Jiabao", "温家宝"),
    Term("un", "organisation", "United Nations", "联合国"),
    Term("unesco", "organisation", "UNESCO", "联合国教科文组织", also_zh=("教科文组织",)),
    Term("trump", "person", "Donald Trump", "唐纳德·特朗普", short_en=("Trump",), short_zh=("特朗普",)),
    Term("iphone", "product", "iPhone", "iPhone"),
    Term("gpt-4", "product", "GPT-4", "GPT-4"),
    Term("claude", "product", "Claude", "Claude", ambiguous=frozenset({"Claude"}), shown_by=("Anthropic",)),
    Term("china", "place", "China", "中国", not_in=("发展中国家",), loose=("Chinese", "中方", "我国")),
    Term("us", "place", "United States", "美国", short_en=("US",), loose=("American", "美方")),
    Term("syria", "place", "Syria", "叙利亚"),
    Term("oman", "place", "Oman", "阿曼"),
    Term("turkey", "place", "Turkey", "土耳其"),
    Term("japan", "place", "Japan", "日本", loose=("Japanese",)),
    Term("the-information", "organisation", "The Information", "The Information"),
    Term("the-company", "other", "the company", "公司", also_zh=("该公司",)),
)
INDEX = TermIndex(TERMS)
