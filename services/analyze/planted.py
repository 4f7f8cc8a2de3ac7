"""Sentences that talk to a language model and not to readers: instructions, chat markers, demands for a score.

Nothing is quoted from such a sentence, and none is shown to a model that sets a level. The patterns know words, not
meaning: a report on such attacks that repeats one is taken for one, and one in words that are not here is not seen; the
checks of claims, of opinion and of levels hold for it all the same.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ABOUT_EN = r"(?:instruction|prompt|guideline|direction|command|constraint|polic)\w*"
_LEVEL_EN = (
    r"(?:newsworthiness|originality|novelty|magnitude|breadth"
    r"|(?:impact|quality|importance|hot|news|overall) (?:scores?|ratings?|levels?))"
)
_TOP_EN = r"(?:\d|maximum|max\b|highest|full|top|best|perfect|four|hundred|zero|lowest)"
_TEXT_EN = r"(?:this|the (?:above|following|whole|entire)) (?:article|story|report|text|piece|sentence|page)"
_MODEL_EN = r"(?:AIs?|A\.I\.|LLMs?|language models?|assistants?|chatbots?|models?|translators?|summari[sz]ers?)"
_LEVEL_ZH = r"(?:评分|打分|新闻价值|原创性|新颖性|影响力?分|质量分)"
_TEXT_ZH = r"(?:本文|此文|该文|全文|本报道|本新闻|这篇(?:文章|报道|新闻))"
_MODEL_ZH = r"(?:语言模型|大模型|模型|人工智能|AI|助手|机器人|译者|翻译者|翻译引擎|翻译系统|摘要系统)"

_PATTERNS: Final = (
    # Instructions about instructions.
    rf"\b(?:ignor|disregard|forget|overrid|bypass|discard|neglect)\w*\b[^.!?。\n]{{0,40}}"
    rf"\b(?:above|all|any|previous|prior|earlier|preceding|your|these|those|system)\b[^.!?。\n]{{0,24}}\b{_ABOUT_EN}",
    r"\b(?:ignore|disregard|forget)\b (?:all |everything |anything )?(?:the |of the )?"
    r"(?:above|previous|prior|earlier|preceding|everything)\b",
    rf"\b(?:new|updated|real|actual|following|system|developer|hidden) {_ABOUT_EN}(?: (?:is|are|follows?))?\s*:",
    rf"\b(?:reveal|print|repeat|show|output|leak|disclose|quote|display|copy|recite)\b[^.!?。\n]{{0,24}}"
    rf"\b(?:your|these|system|hidden|initial)\b[^.!?。\n]{{0,12}}\b{_ABOUT_EN}",
    # Whom it talks to.
    rf"\b(?:you are|act as|pretend to be|you're|role-?play as)\b(?: now)?[^.!?。\n]{{0,20}}\b{_MODEL_EN}\b",
    r"\b(?:note|message|notice|instructions?|attention|memo|reminder)s?(?: (?:to|for)|:)[^.!?。\n]{0,16}"
    rf"\b{_MODEL_EN}\b",
    rf"\b{_MODEL_EN}(?:,)? (?:that |which )?(?:reading|reads|processing|process|translating|summari[sz]ing) this\b",
    rf"\b(?:dear|attention|hey|hello)\b,? {_MODEL_EN}\b|\bif you are an? {_MODEL_EN}\b",
    r"\btranslators?['’]s? notes?\b|\bas an? (?:AI|language) (?:model|assistant)\b",
    # Scores.
    rf"\b(?:rate|score|set|assign|mark|grade|rank|award|give|put|raise|lower)\b[^.!?。\n]{{0,60}}\b{_LEVEL_EN}"
    rf"[^.!?。\n]{{0,40}}\b{_TOP_EN}",
    rf"\b(?:rate|score|grade|rank)\b {_TEXT_EN}",
    rf"\b(?:rate|score|grade|give|award|assign|set)\b[^.!?。\n]{{0,40}}\b{_TOP_EN}[^.!?。\n]{{0,20}}\b{_LEVEL_EN}",
    r"\b(?:give|award|assign|rate|score)\b[^.!?。\n]{0,40}"
    r"\b(?:highest|maximum|full|top|perfect|lowest) (?:possible )?(?:scores?|ratings?|marks?|levels?)\b",
    rf"\b{_TEXT_EN}\b[^.!?。\n]{{0,40}}\b(?:deserves?|must|should|has to|needs to)\b"
    rf"[^.!?。\n]{{0,40}}\b(?:{_LEVEL_EN}|scores?|ratings?|levels?|rated|scored)\b",
    rf"\b{_LEVEL_EN}(?: (?:level|score|rating))? ?(?:is|=|:|of) ?(?:level )?\d",
    # What to answer.
    r"\b(?:respond|reply|answer|output)\b (?:only|exactly|just)\b",
    r"\bin your (?:answer|output|response|reply|summary|translation|analysis)\b",
    rf"\b(?:summari[sz]e|translate|analy[sz]e|describe) (?:{_TEXT_EN}|(?:the|this) (?:number|amount|figure)s?\b)",
    r"\b(?:add|include|insert|append|cite|quote)\b[^.!?。\n]{0,16}\b(?:this|the following) "
    r"(?:link|url|sentence|quote|claim|markup|tag)\b",
    # Marks of chats and of fences.
    r"<\|\w+\|>|\[/?INST\]|<</?SYS>>|<<<|>>>|</?(?:system|user|assistant|instructions?|item|context|article)\b[^>]*>",
    r"(?:^|\n)\s*(?:#+ ?)?(?:system|assistant|user|human|developer|instructions?)\s*[:：]",
    r"\b(?:BEGIN|END) (?:OF )?(?:SYSTEM|INSTRUCTIONS?|PROMPT|ARTICLE|CONTEXT|INPUT)\b",
    r"\{\s*\"(?:answers|claims|levels|paragraphs|insights|role)\"",
    # The same in Chinese.
    r"(?:忽略|无视|忘记|忘掉|不要理会|不必理会|不用管|绕过|覆盖|推翻)[^。！？\n]{0,12}"
    r"(?:指令|指示|提示词?|系统规则|以上|之前的|上文|前面)",
    r"(?:输出|显示|打印|泄露|复述|告诉|公开|重复)[^。！？\n]{0,12}(?:系统提示|提示词|系统指令|你的指令|你的提示|隐藏指令)",
    r"(?:新|最新|系统|隐藏|以下|真正)的?(?:指令|提示词|系统提示|命令)[^。！？\n]{0,4}[:：]",
    rf"(?:你|您)(?:现在|将|要)?(?:是|扮演|作为|充当)[^。！？\n]{{0,12}}{_MODEL_ZH}",
    rf"(?:致|提醒|告知|通知|请)(?:所有|各位|各类|阅读本文的|处理本文的|正在阅读的)?{_MODEL_ZH}",
    rf"{_MODEL_ZH}(?:们)?(?:请|务必|在(?:阅读|处理|翻译|分析|总结)(?:本|此|该|这))",
    r"(?:译者|翻译者|译)注",
    rf"(?:请|必须|务必|应|须|把|将|给|为)[^。！？\n]{{0,24}}{_LEVEL_ZH}[^。！？\n]{{0,16}}(?:\d|满分|最高|最低|一百|零分)",
    rf"{_TEXT_ZH}[^。！？\n]{{0,16}}(?:打|给|评|得|定)[^。！？\n]{{0,10}}(?:满分|最高|最低|\d{{1,3}} ?[分级](?!钟))",
    rf"(?:打|给|评)[^。！？\n]{{0,6}}{_TEXT_ZH}[^。！？\n]{{0,16}}(?:满分|最高|最低|\d{{1,3}} ?[分级](?!钟))",
    rf"{_LEVEL_ZH}[^。！？\n]{{0,4}}(?:[:：=]|设为|设置为|定为|改为|调为|应为|必须为)[^。！？\n]{{0,4}}(?:\d|满分|最高)",
    r"(?:只|仅)(?:需|能|要|可)?(?:回复|回答|输出|返回)",
    r"(?:请|必须|务必|应|须)[^。！？\n]{0,16}(?:加入|添加|插入|附上|写入|加上|引用)[^。！？\n]{0,12}"
    r"(?:链接|网址|这句话|以下|下面|这段)",
    r"(?:你|您)的(?:回答|输出|回复|译文|摘要|总结|分析)",
    r"(?:请|必须|务必)(?:把|将)[^。！？\n]{0,30}(?:翻译成|译成|译为|改成|改为|写成|写为)",
)
_PLANTED: Final = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE)
_LONGEST = 2_000


def is_planted(text: str) -> bool:
    """Say whether a sentence talks to a language model. Pure; what is longer than a sentence is read up to 2,000."""
    kept = "".join(c for c in unicodedata.normalize("NFKC", text[:_LONGEST]) if unicodedata.category(c) != "Cf")
    return _PLANTED.search(kept) is not None
