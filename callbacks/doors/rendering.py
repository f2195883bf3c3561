"""Forms as the server renders them: templates of ``layouts/forms``, everything escaped, no script."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, g, request
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.api.headers import FORMS_POLICY
from dashboard.api.rights import may_open
from dashboard.config import Settings
from dashboard.security.caller import Caller
from layouts.i18n import LANGUAGES, Lang, language, say
from layouts.parts.shell import ENTRIES

FORMS = Path(__file__).parents[2] / "layouts" / "forms"


def spoken() -> Lang:
    """The language of the running request: as its address asks, for strangers as their browser prefers, else Chinese.

    Pages inside follow the address alone, like those of Dash: else a link would lead from one language to the other.
    """
    asked = request.args.get("lang")
    if not asked and g.get("caller") is None:
        asked = request.accept_languages.best_match(["zh-CN", "zh", "en"])
    return language(asked)


def moment(zone: str) -> Callable[[int], str]:
    """Writes an instant (epoch ms UTC) as local time, ``2026-10-17 17:52:08``; a dash for none."""
    local = ZoneInfo(zone)

    def written(instant: int | None) -> str:
        return datetime.fromtimestamp(instant / 1000, local).strftime("%Y-%m-%d %H:%M:%S") if instant else "—"

    return written


class Forms:
    """The templates of one city."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._templates = Environment(
            loader=FileSystemLoader(FORMS), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        self._templates.filters["moment"] = moment(settings.zone)

    def page(self, template: str, status: int = 200, refresh: str = "", **values: Any) -> Response:
        """A page from a template. ``refresh`` is the content of a refresh, ``SECONDS;url=PLACE``."""
        lang, caller = spoken(), g.get("caller")
        text = self._templates.get_template(template).render(
            lang=lang, caller=caller, refresh=refresh, entries=_entries(caller), path=request.path,
            city=self._settings.city_zh if lang == "zh-CN" else self._settings.city_en,
            t=lambda key, **holes: say(lang, key, **holes), token=generate_csrf, other=_other_language(lang),
            at=self.at, **values,
        )  # fmt: skip
        response = Response(text, status, content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = FORMS_POLICY
        return response

    def said(self, key: str, status: int) -> Response:
        """A page that says one thing: ``KEY`` as its heading, ``KEY.note`` under it."""
        return self.page("said.html", status, key=key)

    @staticmethod
    def at(path: str, **query: object) -> str:
        """A link that keeps the language which the running request asked for."""
        kept = {name: value for name, value in query.items() if value not in ("", None)}
        if asked := request.args.get("lang"):
            kept["lang"] = language(asked)
        return f"{path}?{urlencode(kept)}" if kept else path


def _entries(caller: Caller | None) -> list[Any]:
    return [entry for entry in ENTRIES if caller is not None and may_open(caller, entry.path) and entry.open_to(caller)]


def _other_language(lang: Lang) -> str:
    other = next(found for found in LANGUAGES if found != lang)
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', other)])}"
