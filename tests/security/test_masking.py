import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.security.masking import (
    CaseVeil,
    mask_address,
    mask_email,
    mask_event_data,
    mask_id_number,
    mask_name,
    mask_phone,
    mask_text,
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("刘德华", "刘**"), ("刘伟", "刘**"), ("欧阳娜娜", "欧阳*"), ("John Smith", "J***"), (" 王芳 ", "王**"),
     ("", ""), ("13812342207", "***"), ("阿卜杜拉·买买提", "阿**")],
)  # fmt: skip
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812342207", "138****2207"), ("+86 138-1234-2207", "138****2207"), ("0086 13812342207", "138****2207"),
     ("１３８１２３４２２０７", "138****2207"), ("0371-66012345", "****2345"), ("12345", "****"), ("", ""),
     ("138****2207", "138****2207"), ("none", "****")],
)  # fmt: skip
def test_phones(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("41010319900101123x", "410*************3x"), ("410103 19900101 1234", "410*************34"), ("1234", "****"),
     ("", "")],
)  # fmt: skip
def test_identity_numbers(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [("liu.wei@example.org", "l***@example.org"), ("13812342207@qq.com", "***@qq.com"), ("a@12345678.com", "a***@***"),
     ("no mail", "***"), ("", "")],
)  # fmt: skip
def test_mail(email: str, shown: str) -> None:
    assert mask_email(email) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("二七区建设街道康复中街社区3号楼2单元501", "二七区建设街道康复中街社区***"),
        ("大学路80号院5号楼", "大学路***"),
        ("航海路与京广路交叉口东北角", "航海路与京广路***"),
        ("郑州市二七区康复小区三号楼", "郑州市二七区***"),
        ("兴华街２号", "兴华街***"),
        ("一马路", "一马路"),
        ("Main Street 12, flat 3", "Main Street***"),
        ("12 Main Street", "***"),
        ("刘家大院", "***"),
        ("", ""),
    ],
)
def test_addresses_end_at_the_road(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请回电13812342207谢谢", "请回电138****2207谢谢"),
        ("电话 138 1234 2207,", "电话 138****2207,"),
        ("座机0371-66012345", "座机0371-****"),
        ("身份证41010319900101123X。", "身份证410*************3X。"),
        ("豫A·12345占道", "豫A*****占道"),
        ("豫AD12345占道", "豫A*****占道"),
        ("写信 liu@example.org", "写信 l***@example.org"),
        ("打幺三八一二三四二二零七", "打****"),
        ("①路灯 １３８１２３４２２０７", "①路灯 138****2207"),
        ("住3号楼2单元501室漏水", "住***漏水"),
        ("微信: abc_12345 联系", "微信*** 联系"),
        ("2026-10-17 08:30 在10月3号第12345热线投诉第3次", "2026-10-17 08:30 在10月3号第12345热线投诉第3次"),
        ("路灯不亮", "路灯不亮"),
        ("a@b.org号楼", "a***@b.***"),
    ],
)
def test_free_text(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_fields_of_an_event_are_masked_by_their_names() -> None:
    data = {
        "region": "410103001001", "category": "02030405", "score": 4, "lon": 113.6401, "due": "2026-10-17T08:30:00Z",
        "reporter": "刘德华", "phone": 13812342207, "address": "大学路80号", "text": "电话13812342207", "actor": "王芳",
        "reporter_phone": "13912342207", "unit_name": "市政公司", "grid_code": "410103001001003",
        "contact": "13712342207", "ID-Card": "41010319900101123X", "email": "a@b.org",
        "extra": {"notes": ["找13612342207", {"name": "赵六", "at": 1790000000000, "qq": 13512342207}]},
        "person": {"family": "孙", "given": ["悟空"]},
    }  # fmt: skip
    before = repr(data)
    assert mask_event_data(data) == {
        "region": "410103001001", "category": "02030405", "score": 4, "lon": 113.6401, "due": "2026-10-17T08:30:00Z",
        "reporter": "刘**", "phone": "138****2207", "address": "大学路***", "text": "电话138****2207", "actor": "王**",
        "reporter_phone": "139****2207", "unit_name": "市政公司", "grid_code": "410103001001003",
        "contact": "137****2207", "ID-Card": "410*************3X", "email": "a***@b.org",
        "extra": {"notes": ["找136****2207", {"name": "赵**", "at": 1790000000000, "qq": "135****2207"}]},
        "person": {"family": "孙**", "given": ["悟**"]},
    }  # fmt: skip
    assert repr(data) == before
    assert mask_event_data(data, personal=True) == data


numbers = st.one_of(
    st.from_regex(r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}", fullmatch=True),
    st.from_regex(r"[0-9]{6,20}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True),
    st.from_regex(r"[０-９一二三①-⑨]{7,12}", fullmatch=True),
)
words = st.one_of(
    st.text(max_size=6), st.sampled_from(["路", "社区", "3号楼", "豫A12345", "@", "a@b.org", "*", "QQ:", "x"])
)
texts = st.lists(st.one_of(words, numbers), max_size=8).map("".join)
MASKS = [mask_text, mask_name, mask_phone, mask_id_number, mask_email, mask_address]


def longest_number(text: str) -> int:
    plain = "".join(str(unicodedata.digit(ch, ch)) for ch in text)
    return max((len(run) for run in re.findall(r"[0-9]+", plain)), default=0)


@given(texts, st.sampled_from(MASKS))
def test_no_long_number_survives_and_masking_again_changes_nothing(text: str, mask: Any) -> None:
    shown = mask(text)
    assert longest_number(shown) < 7
    assert mask(shown) == shown


leaves = st.one_of(texts, st.integers(13_000_000_000, 19_999_999_999))
keys = st.sampled_from(["text", "phone", "name", "address", "note", "Tel", "idcard", "email", "reporter", "备注"])
trees = leaves
for _ in range(3):
    trees = st.one_of(leaves, st.lists(trees, max_size=3), st.dictionaries(keys, trees, max_size=3))


def texts_of(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [text for deep in inner for text in texts_of(deep)]
    return [str(value)]


@given(st.dictionaries(keys, trees, max_size=4))
def test_no_long_number_survives_in_any_field(data: dict[str, Any]) -> None:
    shown = mask_event_data(data)
    assert all(longest_number(text) < 7 for text in texts_of(shown))
    assert mask_event_data(shown) == shown


def test_whom_one_field_names_is_masked_in_every_text_of_the_case() -> None:
    first = {
        "reporter": "欧阳锋先生、刘德华",
        "text": "欧阳锋来电，刘德华作证",
        "address": "欧阳锋家 人民路88号",
        "n": 1,
    }
    later = {
        "actor": "Zhang Wei",
        "reason": "ZHANG WEI 已联系欧阳锋",
        "unit": "刘德华中心",
        "extra": [{"name": "市民", "memo": "市民反映"}],
    }
    veil = CaseVeil([first, later])
    shown = [veil.data(first), veil.data(later)]
    assert shown[0]["text"] == "欧阳*来电，刘**作证" and shown[0]["n"] == 1
    assert shown[1]["reason"] == "Z*** 已联系欧阳*" and shown[1]["unit"] == "刘德华中心"
    assert shown[1]["extra"][0]["memo"] == "市民反映"
    assert "欧阳锋" not in repr(shown) and "德华" not in repr(shown[0])
    assert veil.text("刘德华:13812342207") == "刘**:138****2207"
    assert [veil.data(data) for data in shown] == shown


def test_a_name_that_says_nothing_hides_no_sentence() -> None:
    veil = CaseVeil([{"reporter": "A", "contact": "李", "actor": "**", "name": "匿名"}])
    assert veil.text("A 李 ** 匿名") == "A 李 ** 匿名"


def test_a_post_stands_where_a_person_could_and_is_told() -> None:
    assert mask_event_data({"actor": "值班长", "reporter": "派遣员"}) == {"actor": "值班长", "reporter": "派遣员"}
    assert mask_event_data({"actor": "值班长王伟"}) != {"actor": "值班长王伟"}
