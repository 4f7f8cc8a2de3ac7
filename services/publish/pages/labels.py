"""Every word that a page says for itself, in both languages, in one place.

Names of parts, categories, tags, stances and reasons for absence come from `shared.vocabulary`, facts from
`shared.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.model import Language

Label = Mapping[Language, str]
"""One text in both languages."""

SITE: Final = "Diglot"

LANGUAGE_NAMES: Final[Mapping[Language, Label]] = {
    "en": {"en": "English", "zh": "英文"},
    "zh": {"en": "Chinese", "zh": "中文"},
}

OPERATIONS: Final[Mapping[str, Label]] = {
    "ratio": {"en": "ratio", "zh": "比值"},
    "share": {"en": "share", "zh": "占比"},
    "difference": {"en": "difference", "zh": "差额"},
    "sum": {"en": "sum", "zh": "合计"},
    "change": {"en": "change", "zh": "变化"},
}

COMPONENTS: Final[Mapping[str, Label]] = {
    "newsworthiness": {"en": "Newsworthiness", "zh": "新闻价值"},
    "independent_sources": {"en": "Independent sources", "zh": "独立信源"},
    "sources": {"en": "Independent sources", "zh": "独立信源"},
    "reads": {"en": "Reads", "zh": "阅读量"},
    "sourcing": {"en": "Sourcing", "zh": "信源"},
    "specificity": {"en": "Specificity", "zh": "具体程度"},
    "completeness": {"en": "Completeness", "zh": "完整程度"},
    "originality": {"en": "Originality", "zh": "原创程度"},
    "breadth": {"en": "Breadth", "zh": "影响范围"},
    "magnitude": {"en": "Magnitude", "zh": "影响程度"},
    "duration": {"en": "Duration", "zh": "持续时间"},
    "novelty": {"en": "Novelty", "zh": "新颖程度"},
}
"""Components of the scores that have a name in words; another one is shown by its id."""

SCORES: Final[Mapping[str, Label]] = {
    "hot": {"en": "Hot", "zh": "热度"},
    "quality": {"en": "Quality", "zh": "质量"},
    "impact": {"en": "Impact", "zh": "影响"},
}

SCORE_NOTES: Final[Mapping[str, Label]] = {
    "hot": {
        "en": "How much attention the news gets now: a base of {base}, which is at least 1, halved every 24 hours.",
        "zh": "新闻此刻受关注的程度：起始值{base}（至少为1），每24小时减半。",
    },
    "quality": {
        "en": "Rates the source’s report, never our own text.",
        "zh": "评的是原报道，不是本站的文字。",
    },
    "impact": {
        "en": "How far, how strongly and for how long the news may matter.",
        "zh": "新闻影响的范围、程度和时间。",
    },
}

MARKS: Final[Mapping[str, Label]] = {
    "preliminary": {"en": "First edition; a fuller one may follow", "zh": "初版，可能会有更完整的版本"},
    "offline": {"en": "Made without a language model", "zh": "未使用语言模型"},
}

# On a phone the note stands below the other language's text, so it names the language that is missing.
GAPS: Final[Mapping[str, Label]] = {
    "pending": {"en": "Not in English yet", "zh": "尚无中文"},
    "failed": {"en": "English did not pass its checks", "zh": "中文译文未通过核对"},
    "missing": {"en": "Not available", "zh": "暂缺"},
}

WORDS: Final[Mapping[str, Label]] = {
    "tagline": {"en": "The news, analysed in two languages", "zh": "双语新闻解读"},
    "skip": {"en": "Skip to the text", "zh": "跳到正文"},
    "languages": {"en": "Languages", "zh": "语言"},
    "both": {"en": "Side by side", "zh": "对照"},
    "latest": {"en": "Latest", "zh": "最新"},
    "nothing_yet": {"en": "Nothing has been published yet.", "zh": "还没有发布任何内容。"},
    "none_match": {"en": "No article matches.", "zh": "没有符合条件的文章。"},
    "next_page": {"en": "More articles", "zh": "更多文章"},
    "first_page": {"en": "Back to the latest", "zh": "回到最新"},
    "order": {"en": "Order", "zh": "排序"},
    "all_articles": {"en": "All articles", "zh": "全部文章"},
    "bad_list": {"en": "There is no such list", "zh": "没有这个列表"},
    "bad_list_text": {
        "en": "A value in the address is not one that lists know, or the list has changed since.",
        "zh": "网址中有列表不认识的值，或列表已有变化。",
    },
    "source": {"en": "Source", "zh": "来源"},
    "original_in": {"en": "Original in {language}", "zh": "原文为{language}"},
    "published": {"en": "Published", "zh": "发布"},
    "updated": {"en": "Updated", "zh": "更新"},
    "accepted": {"en": "Received", "zh": "收到"},
    "listed": {"en": "Listed", "zh": "收录"},
    "source_published": {"en": "Source published", "zh": "原文发布"},
    "just_now": {"en": "just now", "zh": "刚刚"},
    "disclaimer": {
        "en": "This analysis was made by a machine and may be wrong. Read the source before you rely on it.",
        "zh": "本分析由机器生成，可能有误。引用或据此行事前，请阅读原文。",
    },
    "rights": {
        "en": "Rights in the article are its publisher’s. Quotes are short and link to their source.",
        "zh": "文章权利归原发布者所有；本页只作简短引用，并注明来源。",
    },
    "gaps_note": {
        "en": "{gaps} of {all} texts are not in English yet. The original is shown in their place.",
        "zh": "{all}处文字中有{gaps}处尚无中文，暂以原文代替。",
    },
    "failed_note": {
        "en": "The English of {gaps} of {all} texts did not pass its checks. The original is shown in its place.",
        "zh": "{all}处文字中有{gaps}处译文未通过核对，以原文代替。",
    },
    "untranslated": {"en": "Not translated", "zh": "未译"},
    "rejected": {"en": "Checks not passed", "zh": "未过核对"},
    "warned": {"en": "Published with a warning", "zh": "带有核对提示"},
    "quote": {"en": "Quote", "zh": "引文"},
    "quotes": {"en": "{n} quotes", "zh": "{n}处引文"},
    "quote_span": {"en": "Characters {start} to {end} of the source", "zh": "原文第{start}至{end}字"},
    "quote_withheld": {
        "en": "Not shown: quotes are limited to a quarter of the article.",
        "zh": "未显示：引文总量不超过原文的四分之一。",
    },
    "computed": {"en": "Computed by us, not stated in the article", "zh": "由本站计算，并非原文所述"},
    "entity": {"en": "About", "zh": "对象"},
    "info": {"en": "What", "zh": "内容"},
    "metric": {"en": "Figure", "zh": "数值"},
    "opinion": {
        "en": "Opinion. Drawn from the claims that it names, not reported by the source.",
        "zh": "观点。由所列各条推出，并非来源的报道。",
    },
    "based_on": {"en": "Rests on", "zh": "依据"},
    "wrong_if": {"en": "Wrong if", "zh": "在此情况下不成立"},
    "view": {"en": "View", "zh": "看法"},
    "shorter": {"en": "This part is short.", "zh": "这一部分内容较少。"},
    "absent": {"en": "Not in this edition", "zh": "本版没有的部分"},
    "scores": {"en": "Scores", "zh": "评分"},
    "source_text": {"en": "The source’s text", "zh": "原文"},
    "show_text": {"en": "Show the text", "zh": "展开全文"},
    "of_100": {"en": "of 100", "zh": "满分100"},
    "no_score": {"en": "No score", "zh": "暂无"},
    "components": {"en": "How it is made up", "zh": "分数构成"},
    "component": {"en": "Component", "zh": "构成"},
    "value": {"en": "Value", "zh": "分值"},
    "weight": {"en": "Weight", "zh": "权重"},
    "reason": {"en": "Reason", "zh": "理由"},
    "rubric": {"en": "Rubric", "zh": "评分标准"},
    "about": {"en": "About this page", "zh": "关于本页"},
    "fidelity": {"en": "Checks", "zh": "核对"},
    "fidelity_counts": {
        "en": "{texts} texts in two languages: {complete} of {all} complete, {pending} not translated yet, "
        "{failed} failed, {warned} with a warning",
        "zh": "{texts}处文字，每处两种语言：{all}份中完成{complete}份，待译{pending}份，"
        "未通过{failed}份，有提示{warned}份",
    },
    "dropped": {
        "en": "Claims dropped for want of a quote: {n}",
        "zh": "因无引文支持而删去的论断：{n}条",
    },
    "not_passed": {"en": "Texts that failed or carry a warning", "zh": "未通过或有提示的文字"},
    "analysis": {"en": "Analysis", "zh": "分析"},
    "translation": {"en": "Translation", "zh": "翻译"},
    "no_translation": {"en": "none", "zh": "无"},
    "model": {"en": "model", "zh": "模型"},
    "prompt": {"en": "prompt", "zh": "提示词"},
    "tokens": {"en": "{given} tokens read, {made} written", "zh": "读入{given}词元，写出{made}词元"},
    "version": {"en": "Version", "zh": "版本"},
    "edition_offline": {"en": "offline edition", "zh": "离线版"},
    "edition_model": {"en": "model edition", "zh": "模型版"},
    "replayed": {"en": "replayed", "zh": "重算"},
    "revision_of": {"en": "revision of {moment}", "zh": "{moment}的修订"},
    "article_id": {"en": "Article id", "zh": "文章编号"},
    "story": {"en": "Story", "zh": "事件编号"},
    "reads": {"en": "Reads", "zh": "阅读"},
    "content_hash": {"en": "Content hash", "zh": "内容指纹"},
    "gone": {"en": "This article has been withdrawn", "zh": "这篇文章已撤回"},
    "gone_text": {
        "en": "Its analysis, its quotes and its text have been removed from this site.",
        "zh": "它的分析、引文和正文已从本站删除。",
    },
    "gone_who": {"en": "Withdrawn by", "zh": "撤回方"},
    "gone_when": {"en": "When", "zh": "时间"},
    "gone_why": {"en": "Reason given", "zh": "所述理由"},
    "not_found": {"en": "There is no such page", "zh": "没有这个页面"},
    "not_found_text": {
        "en": "The address may be mistyped, or the article has not arrived yet.",
        "zh": "网址可能有误，或文章尚未到达。",
    },
    "hidden": {"en": "This article is hidden at the moment", "zh": "这篇文章目前不公开"},
    "hidden_text": {
        "en": "An editor has taken it off the site. It may come back.",
        "zh": "编辑已将其从本站撤下，之后可能恢复。",
    },
    "unavailable": {"en": "This page can’t be shown right now", "zh": "此页暂时无法显示"},
    "unavailable_text": {
        "en": "The site is starting or its database does not answer. Try again in a moment.",
        "zh": "网站正在启动，或数据库没有响应，请稍后再试。",
    },
}
