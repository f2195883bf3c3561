from pathlib import Path

import pytest

from dashboard.config import Settings, load_settings, write_settings


def test_a_named_source_is_added_to_those_known(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[sources."http:street"]\nok = 600\nlost = 3600\nzh = "街道"\nen = "Street"\n', encoding="utf-8"
    )
    found = load_settings(tmp_path).sources
    assert found["http:street"].lost == 3600
    assert found["positions"] == Settings().sources["positions"]


def test_a_wrong_field_is_named_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[rules]\ndue_soon = 'two hours'\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"config\.toml.*rules\.due_soon"):
        load_settings(tmp_path)


def test_settings_of_the_office_are_never_written_over(tmp_path: Path) -> None:
    write_settings(tmp_path, {"city_zh": "宁川市", "demo": True})
    write_settings(tmp_path, {"city_zh": "别的"})
    assert load_settings(tmp_path).city_zh == "宁川市" and load_settings(tmp_path).demo


@pytest.mark.parametrize(
    ("name", "lane", "told"),
    [
        ("hotline", "cases", ("12345 热线", "12345 hotline")),
        ("http:first:positions", "positions", ("人员定位 first", "Positions first")),
        ("http:case-platform", "cases", ("案件流转 case-platform", "Case flow case-platform")),
        ("positions", "positions", ("人员定位", "Positions")),
        ("somewhere", "elsewhere", ("somewhere", "somewhere")),
    ],
)
def test_a_source_without_a_name_is_told_by_its_stream(name: str, lane: str, told: tuple[str, str]) -> None:
    assert Settings().source_names(name, lane) == told
