import struct
import tomllib
import zlib
from pathlib import Path

import pytest

from dashboard.queries.score_models import ModelError, load_models
from dashboard.reports.logo import logo_of
from dashboard.reports.office import Office, OfficeError, Schedule, office_of, parse_office


def png(width: int, height: int) -> bytes:
    """A plain red picture."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress((b"\0" + b"\xc8\x10\x2e" * width) * height)), (b"IEND", b""),
    )  # fmt: skip
    body = (struct.pack(">I", len(d)) + kind + d + struct.pack(">I", zlib.crc32(kind + d)) for kind, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


CIRCLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40"><rect width="80" height="40" fill="#c8102e"/>'
    '<circle cx="40" cy="20" r="14" fill="#ffdd00"/></svg>'
)
PICTURES = {"logo.png": png(80, 40), "logo.svg": CIRCLE.encode()}


def refused(text: str) -> str:
    with pytest.raises(OfficeError) as told:
        parse_office(text, "reports.toml")
    return str(told.value)


def test_no_file_means_the_defaults_with_targets_and_city_of_the_settings(tmp_path: Path) -> None:
    assert office_of(tmp_path) == Office()
    (tmp_path / "config.toml").write_text('city_zh = "宁川市"\n[targets]\non_time = 0.9\n', encoding="utf-8")
    found = office_of(tmp_path)
    assert (found.city, found.thresholds.on_time, found.thresholds.satisfaction) == ("宁川市", 0.9, 0.99)


def test_own_targets_go_before_those_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[targets]\non_time = 0.9\n", encoding="utf-8")
    (tmp_path / "reports.toml").write_text("[thresholds]\non_time = 0.5\n", encoding="utf-8")
    assert office_of(tmp_path).thresholds.on_time == 0.5


def test_a_wrong_file_is_named_with_its_field(tmp_path: Path) -> None:
    (tmp_path / "reports.toml").write_text('[schedule]\ntime = "8:30"\n', encoding="utf-8")
    with pytest.raises(OfficeError, match=r"reports\.toml: schedule\.time: "):
        office_of(tmp_path)
    (tmp_path / "reports.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(OfficeError, match=r"reports\.toml"):
        office_of(tmp_path)


def test_unknown_settings_are_named_with_the_nearest_known_one() -> None:
    assert refused('mastheat = "x"') == "reports.toml: mastheat: there is no such setting: do you mean masthead?"
    assert refused("[schedule]\nwekday = 2") == (
        "reports.toml: schedule.wekday: there is no such setting: do you mean weekday?"
    )


def test_unknown_sentences_and_holes_digits_and_open_brackets_are_refused() -> None:
    own = ('opening = "{acepted}件，第3名[{closed}"', 'nothing = "x"', 'hours = "从[时段{items}[看]"')
    wrong = refused("\n".join(["[wording]", *own]))
    for part in (
        "wording.opening: there is no hole {acepted}", "wording.opening: digits stand only in dates",
        "wording.opening: a square bracket is open", "wording.nothing: there is no sentence of this name",
        "wording.hours: a square bracket",
    ):  # fmt: skip
        assert part in wrong


def test_holes_of_title_number_and_organ_are_checked() -> None:
    assert "title.month: there is no hole {monat}" in refused('[title]\nmonth = "{monat}通报"')
    assert "organ: a brace is open" in refused('organ = "{city"')
    assert "number.month: there is no hole {n}" in refused('[number]\nmonth = "{n}"')


def test_a_logo_lies_in_the_data_directory_and_is_a_picture(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    for name in ("../notes.png", "missing.png", "notes.txt"):
        (tmp_path / "reports.toml").write_text(f'logo = "{name}"\n', encoding="utf-8")
        with pytest.raises(OfficeError, match="logo: "):
            office_of(tmp_path)
    for name, data in PICTURES.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / "reports.toml").write_text(f'logo = "{name}"\n', encoding="utf-8")
        found = logo_of(office_of(tmp_path).logo)
        assert found is not None and (found.data, found.ratio) == (data, 2.0)


@pytest.mark.parametrize(("name", "data", "why"), [
    ("a.png", b"\x89PNG", "no PNG file"), ("a.png", PICTURES["logo.svg"], "no PNG file"),
    ("a.jpg", PICTURES["logo.png"], "no JPEG file"), ("a.svg", PICTURES["logo.png"], "no SVG file"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither viewBox nor width"),
    ("a.svg", b"<svg viewBox='0 0 9 9'><script>1</script></svg>", "an element script"),
    ("a.svg", b"<svg viewBox='0 0 9 9' onload='x()'/>", "an attribute onload"),
    ("a.svg", b"<svg viewBox='0 0 9 9'><use href='http://x/y'/></svg>", "an attribute href"),
    ("a.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 9 9'/>", "document type"),
    ("a.svg", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 9 9'/>".encode("utf-16"), "document type"),
    ("a.svg", b"<svg viewBox='0 0 90 9'/>", "6 times as wide"), ("a.png", b"0" * 300_001, "at most 300000"),
])  # fmt: skip
def test_a_logo_that_is_none_is_refused_in_words(tmp_path: Path, name: str, data: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "reports.toml").write_text(f'logo = "{name}"\n', encoding="utf-8")
    with pytest.raises(OfficeError, match=f"logo: .*{why}"):
        office_of(tmp_path)


def test_a_score_model_with_a_mistake_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    own = tmp_path / "models" / "own.toml"
    own.write_text('[model]\nkey = "own"\nversion = "1"\nzh = "试"\nen = "Own"\n', encoding="utf-8")
    with pytest.raises(OfficeError, match=r"own\.toml"):
        office_of(tmp_path)
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match=r"own\.toml"):
        load_models(own.parent)


def test_a_score_model_must_exist_and_grades_fall(tmp_path: Path) -> None:
    (tmp_path / "reports.toml").write_text('model = "five_rates"\n', encoding="utf-8")
    with pytest.raises(OfficeError, match="model: there is no score model five_rates"):
        office_of(tmp_path)
    assert "grades: " in refused('grades = [{name = "良", score = 80}, {name = "优", score = 90}]')


def test_the_schedule_of_an_office() -> None:
    text = '[schedule]\nkinds = ["month", "week"]\nday = 5\ncount = "work"\ntime = "09:00"\nrest = "same"'
    assert parse_office(text, "").schedule == Schedule(("month", "week"), 5, "work", 1, "09:00", "same")


def test_the_documented_example_is_read_and_shows_the_defaults() -> None:
    text = (Path(__file__).parents[2] / "docs" / "reports.toml").read_text(encoding="utf-8")
    found = parse_office(text, "docs/reports.toml")
    own = {"groups", "channels", "wording"}
    for field in Office.__struct_fields__:
        assert (getattr(found, field) == getattr(Office(), field)) == (field not in own), field
    given = tomllib.loads(text)
    assert set(given) == set(Office.__struct_fields__)
    for field in ("title", "number", "sections", "level_names", "thresholds", "freeze", "schedule", "red_black"):
        assert set(given[field]) == set(getattr(Office(), field).__struct_fields__), field
