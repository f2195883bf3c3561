import re

import pytest

from layouts import theme
from layouts.figures import wall_figures
from layouts.theme import TOKENS

ASSETS = theme.Path(__file__).parent.parent.parent / "assets"
HEX = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b")


def tokens() -> set[str]:
    found = {token["value"].upper() for colours in ("dark", "light") for token in TOKENS["color"][colours].values()}
    plain = (*TOKENS["color"]["series_neutral_dark"], *TOKENS["color"]["report"].values())
    return found | {value.upper() for value in plain}


def test_the_committed_style_sheet_is_what_the_tokens_say() -> None:
    assert (ASSETS / "tokens.css").read_text(encoding="utf-8") == theme.stylesheet()


@pytest.mark.parametrize("folder, pattern", [("assets", "*.css"), ("layouts", "**/*.py"), ("frontend/src", "**/*.ts")])
def test_every_colour_in_the_code_is_a_token(folder: str, pattern: str) -> None:
    paths = [path for path in sorted((ASSETS.parent / folder).glob(pattern)) if "dist" not in path.parts]
    assert paths
    strange = {(path.name, colour) for path in paths for colour in HEX.findall(path.read_text(encoding="utf-8"))}
    assert {(name, colour) for name, colour in strange if colour.upper() not in tokens()} == set()


def test_every_custom_property_that_a_style_sheet_uses_exists() -> None:
    defined = set(re.findall(r"(--[\w-]+):", theme.stylesheet()))
    for sheet in ASSETS.glob("wall*.css"):
        text = sheet.read_text(encoding="utf-8")
        used = set(re.findall(r"var\((--[\w-]+)", text))
        own = set(re.findall(r"(--[\w-]+):", text)) | {"--row", "--term", "--gap"}
        assert used - defined - own == set(), sheet.name


def test_type_on_the_wall_is_never_smaller_than_the_design_allows() -> None:
    smallest = TOKENS["type"]["wall_u"]["text_min"]
    for sheet in ASSETS.glob("wall*.css"):
        sizes = re.findall(r"font-size: calc\(([\d.]+) \* var\(--u\)\)", sheet.read_text(encoding="utf-8"))
        icons_only = {"16"}
        assert sizes
        assert [size for size in sizes if float(size) < smallest and size not in icons_only] == []


def test_figures_use_one_template_and_tokens_only() -> None:
    figures = wall_figures()
    fonts = {figure["layout"]["template"]["layout"]["font"]["family"] for figure in figures.values()}
    assert fonts == {theme.font_stack()}
    assert {c.upper() for c in HEX.findall(str(figures))} <= tokens()


def test_a_colour_that_is_no_token_is_an_error() -> None:
    with pytest.raises(KeyError):
        theme.colour("green")


def test_what_is_touched_on_the_door_pages_is_wide_and_high_enough_on_a_phone() -> None:
    css = (ASSETS / "forms.css").read_text(encoding="utf-8")
    phone = css[css.index("@media (max-width: 767px)") :]
    for what in (".doors td.act a", ".doors .side a", ".doors button.plain"):
        assert re.search(rf"{re.escape(what)} \{{[^}}]*min-width: 44px", phone), what
