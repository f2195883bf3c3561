import tomllib
from pathlib import Path

import pytest

from dashboard.reports.office import Office, OfficeError, Schedule, office_of, parse_office


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
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    (tmp_path / "reports.toml").write_text('logo = "logo.png"\n', encoding="utf-8")
    assert office_of(tmp_path).logo == "logo.png"


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
