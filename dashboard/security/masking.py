"""Personal data for eyes that may not see it in clear: 刘**, 138****2207. Pure; masking twice changes nothing.

Names inside free text are not recognised by themselves, so ``text`` is masked as far as numbers, addresses of mail,
number plates and house numbers go; names are masked where a field says that it holds one and, within one case
(``CaseVeil``), wherever a text repeats a name that some field of the case holds.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

COMPOUND = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛东方皇甫尉迟公孙慕容令狐司徒司空夏侯长孙宇文轩辕端木独孤南宫西门百里呼延"
        "东郭闻人澹台公冶宗政濮阳淳于单于太叔申屠仲孙钟离鲜于闾丘亓官司寇赫连拓跋完颜纳兰万俟",
    )
)
"""Surnames of two characters."""
HIDDEN = "***"
GONE = "****"
LONG = 7
"""Digits in a row from which on a number may be a person's: no masked text holds as many."""

_D = r"[\d零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]"
_GAP = r"[ \-–—.·\u00a0\u200b-\u200d\u2060\ufeff]?"
_FLAT = r"[\dA-Za-z一二三四五六七八九十百]{1,4}(?:号楼|号院|栋|幢|单元)"
_MASKABLE = re.compile(
    rf"(?P<email>[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    rf"|(?P<plate>[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z])[·•\- ]?"
    rf"[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳](?![A-Za-z0-9])"
    rf"|(?P<chat>微信号?|QQ号?|wechat)[:：\s]*[A-Za-z0-9_\-]{{5,}}"
    rf"|(?<!{_D})(?P<id>\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXx])(?!{_D})"
    rf"|(?<!{_D})(?P<mobile>1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}})(?!{_D})"
    rf"|(?P<number>{_D}{{{LONG},}})"
    rf"|(?P<flat>{_FLAT}(?:{_FLAT})*\d{{0,4}}室?)",
    re.IGNORECASE,
)
_ROAD = re.compile(
    r"街道|社区|村|大道|路|街|巷|胡同|镇|乡|县|市|省|(?<![小园院校厂])区|\b(?:road|street|avenue|lane|community)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d*]|[一二三四五六七八九十百]+(?:号|栋|幢|单元|室|层|户|楼|弄|座)|[A-Za-z](?:座|栋|幢|区|单元)")
_PHONE_MASKED = re.compile(r"(?:\d{3})?\*{4}(?:\d{4})?")
_ID_MASKED = re.compile(r"\d{3}\*{13}[\dXx]{2}")


def mask_name(name: str) -> str:
    """Keeps the surname: 刘**, 欧阳*, J***. What does not begin with a letter is hidden as a whole."""
    text = name.strip()
    if not text:
        return ""
    if text[:2] in COMPOUND:
        return text[:2] + "*"
    if not text[0].isalpha():
        return HIDDEN
    return text[0] + (HIDDEN if text[0].isascii() else "**")


def mask_phone(phone: str) -> str:
    """A mobile number keeps three and four digits, 138****2207; any other long one its last four."""
    if not phone.strip() or _PHONE_MASKED.fullmatch(phone):
        return phone.strip()
    digits = "".join(_runs(_plain(phone))).removeprefix("00")
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}{GONE}{digits[-4:]}"
    return GONE + digits[-4:] if len(digits) > LONG else GONE


def mask_id_number(number: str) -> str:
    """An identity number keeps the province's first three digits and its last two characters."""
    text = _plain(number).strip()
    if not text or _ID_MASKED.fullmatch(text):
        return text
    kept = re.sub(r"[^0-9Xx]", "", text)
    return f"{kept[:3]}{'*' * 13}{kept[-2:]}" if len(kept) == 18 else GONE


def mask_email(email: str) -> str:
    """j***@example.org; a domain that is a number is hidden too."""
    text = email.strip()
    user, at, domain = text.rpartition("@")
    if not at or not user:
        return HIDDEN if text else ""
    domain = HIDDEN if re.search(rf"{_D}{{{LONG},}}", _plain(domain)) else domain
    return f"{user[0] if user[0].isalpha() else ''}{HIDDEN}@{domain}"


def mask_address(address: str) -> str:
    """Keeps it down to the community or road; what follows, house and room, is hidden."""
    text = address.strip()
    number = _NUMBER.search(_plain(text))
    known = list(_ROAD.finditer(text[: number.start()] if number else text))
    kept = text[: known[-1].end()] if known else ""
    return kept if kept == text else kept + HIDDEN


def mask_text(text: str) -> str:
    """Free text without numbers of phones and persons, plates, mail addresses, chat names and house numbers.

    Repeated until nothing more is found: what is left beside a mask may read as something else. Every round has fewer
    letters and digits, or fewer mail addresses, than the one before.
    """
    masked = _masked_once(text)
    while masked != text:
        text, masked = masked, _masked_once(masked)
    return masked


def _masked_once(text: str) -> str:
    plain, parts, end = _plain(text), [], 0
    for match in _MASKABLE.finditer(plain):
        parts += [text[end : match.start()], _hidden(match)]
        end = match.end()
    return "".join([*parts, text[end:]])


def _hidden(match: "re.Match[str]") -> str:
    kind, found = match.lastgroup, match.group()
    if kind in ("plate", "chat"):
        return match.group(kind) + ("*****" if kind == "plate" else HIDDEN)
    masks: dict[str, Mask] = {"email": mask_email, "id": mask_id_number, "mobile": mask_phone, "flat": lambda _: HIDDEN}
    return masks.get(kind or "", _gone)(found)


def _gone(_: str) -> str:
    return GONE


def _plain(text: str) -> str:
    """The same text, character by character, with every digit of any script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(ch if ch.isascii() else str(unicodedata.digit(ch, ch)) for ch in text)


def _runs(text: str) -> Iterator[str]:
    return (match.group() for match in re.finditer(r"[0-9]+", text))


def _mask_person(value: str) -> str:
    """A field that may hold a name or, where people typed it there, a number; a post is nobody's name."""
    if value.strip() in POSTS:
        return value
    named = value.strip()[:1].isalpha()
    numeric = sum(map(str.isdigit, value)) >= LONG or _PHONE_MASKED.fullmatch(value)
    return mask_phone(value) if numeric and not named else mask_name(value)


PERSON = ("reporter", "name", "actor", "contact", "complainant", "person", "姓名", "联系人", "举报人", "诉求人")
NOBODY = frozenset(
    {"市民", "群众", "居民", "村民", "网友", "匿名", "网格员", "系统", "无名氏", "先生", "女士", "anonymous"}
)
"""What stands where a name should, without being one: in a sentence these words tell of nobody."""
POSTS = frozenset({"受理员", "值班长", "派遣员", "处置人员", "督查员", "核查员", "回访员", "网格长", "网格员", "系统"})
"""Posts of the standard flow, told as they are where a person could stand."""
_TITLES = re.compile(r"(?:先生|女士|小姐|太太|师傅|同志|老师|大爷|大妈|阿姨)$")
_BETWEEN = re.compile(r"[、,，;；/|&()（）\s]+")
Mask = Callable[[str], str]
FIELDS: tuple[tuple[tuple[str, ...], Mask], ...] = (
    (("phone", "tel", "mobile", "telephone", "fax", "电话", "手机", "手机号", "联系方式"), mask_phone),
    (("idcard", "idnumber", "idno", "identity", "passport", "身份证", "身份证号", "证件号"), mask_id_number),
    (("email", "mail", "邮箱"), mask_email),
    (("address", "addr", "地址", "住址"), mask_address),
    (PERSON, _mask_person),
)
"""How a field is masked whose name, without signs and capitals, ends in one of these words."""
PLACES = ("unit", "region", "category", "channel", "grid", "community", "street", "district", "city")
FIGURES = ("lon", "lat", "crs", "kind", "urgency", "level", "handlinglevel", "due", "deadline", "passed", "score")
PLAIN = frozenset([*FIGURES, *PLACES, *(f"{place}name" for place in PLACES)])
"""Fields of the event contract that hold codes and numbers of the office, not of persons; so do names in ``code``."""


def mask_event_data(data: Mapping[str, Any], personal: bool = False) -> dict[str, Any]:
    """The data of an event as a caller with or without the right ``personal`` may see it; nothing is changed in place.

    Fields are masked by their names, any other text as free text, to any depth. All events of a case: ``CaseVeil``.
    """
    return dict(data) if personal else CaseVeil([data]).data(data)


class CaseVeil:
    """Masks what belongs to one case: the data of all its events, and texts made from them.

    Whoever is named in a field for persons of any event is masked in every other text of the case too.
    """

    def __init__(self, events: Iterable[Mapping[str, Any]]) -> None:
        """``events`` are the data of all events of the case."""
        found = {name for data in events for name in _names(data, False)}
        wanted = "|".join(re.escape(name) for name in sorted(found, key=lambda name: (-len(name), name)))
        self._named = re.compile(wanted, re.IGNORECASE) if wanted else None

    def text(self, text: str) -> str:
        """Free text of the case."""
        return mask_text(self._unnamed(text))

    def address(self, text: str) -> str:
        """An address of the case."""
        return mask_address(self._unnamed(text))

    def data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data of one of its events; nothing is changed in place."""
        return {key: self._masked(key, value, None) for key, value in data.items()}

    def _unnamed(self, text: str) -> str:
        return text if self._named is None else self._named.sub(lambda found: mask_name(found[0]), text)

    def _masked(self, key: str, value: Any, outer: Mask | None) -> Any:
        word = _word(key)
        if outer is None and _plain_field(word) and not isinstance(value, dict | list):
            return value
        mask = _mask_of(word) or outer
        if isinstance(value, dict):
            return {inner: self._masked(inner, deep, mask) for inner, deep in value.items()}
        if isinstance(value, list):
            return [self._masked(key, deep, outer) for deep in value]
        return self._leaf(value, mask)

    def _leaf(self, value: Any, mask: Mask | None) -> Any:
        """Numbers too: a phone may come as one. Instants in milliseconds have thirteen digits and stay."""
        if isinstance(value, str):
            return (mask or mask_text)(self._unnamed(value))
        if isinstance(value, int) and not isinstance(value, bool) and (mask or _personal_number(value)):
            return (mask or mask_text)(str(value))
        return value


def _word(key: str) -> str:
    return re.sub(r"[\W_]+", "", key).casefold()


def _plain_field(word: str) -> bool:
    return word in PLAIN or word.endswith("code")


def _mask_of(word: str) -> Mask | None:
    return next((mask for words, mask in FIELDS if word.endswith(words)), None)


def _names(value: Any, person: bool) -> Iterator[str]:
    """Names of persons in data: of fields for persons, at any depth."""
    if isinstance(value, Mapping):
        for key, deep in value.items():
            word = _word(key)
            if person or not _plain_field(word):
                yield from _names(deep, person or word.endswith(PERSON))
    elif isinstance(value, list):
        for deep in value:
            yield from _names(deep, person)
    elif person and isinstance(value, str):
        yield from filter(_is_name, (_TITLES.sub("", part) for part in (value.strip(), *_BETWEEN.split(value))))


def _is_name(text: str) -> bool:
    """Whether a text can stand for a person where a sentence holds it; one letter or two of Latin script cannot."""
    least = 3 if text.isascii() else 2
    return len(text) >= least and text[0].isalpha() and "*" not in text and text.casefold() not in NOBODY | POSTS


def _personal_number(value: int) -> bool:
    return re.fullmatch(r"1[3-9]\d{9}|\d{17,18}", str(value)) is not None
