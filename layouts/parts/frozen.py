"""Parts of a page that nothing changes, as data instead of components: the browser code makes plain elements of them.

Every Dash component costs the renderer a subscription and a dispatch when it appears, and every dispatch asks every
subscription: a page of 2,400 components blocked the main thread for 4.3 s where the same page as some thirty components
takes 0.2 s. So only what Dash must know (charts, grids, stores) stays a component.
"""

import json
from typing import Any

from dash import dcc
from dash.development.base_component import Component

ATTRIBUTE = "data-dom"
"""Holds the children of an element as JSON: a text, or ``[tag, attributes, child, ...]``."""
FEWEST = 2
"""Components in a subtree below which freezing saves nothing."""
RENAMED = {
    "className": "class", "htmlFor": "for", "colSpan": "colspan", "rowSpan": "rowspan", "tabIndex": "tabindex",
    "maxLength": "maxlength", "autoComplete": "autocomplete", "dateTime": "datetime", "encType": "enctype",
    "autoFocus": "autofocus", "readOnly": "readonly", "acceptCharset": "accept-charset", "spellCheck": "spellcheck",
}  # fmt: skip
IGNORED = frozenset({"children", "key", "refresh", "n_clicks", "n_clicks_timestamp", "disable_n_clicks"})
Node = str | list[Any]


def frozen(component: Component) -> Component:
    """The same component with its unchanging parts as data; the component itself stays one."""
    children = _children(component)
    if not children:
        return component
    if all(_plain(child) for child in children):
        if sum(_size(child) for child in children) >= FEWEST:
            component.children = []
            setattr(component, ATTRIBUTE, json.dumps([_node(child) for child in children], ensure_ascii=False))
        return component
    component.children = [frozen(child) if isinstance(child, Component) else child for child in children]
    return component


def _children(component: Component) -> list[Any]:
    found = getattr(component, "children", None)
    if found is None:
        return []
    return [child for child in (found if isinstance(found, list | tuple) else [found]) if child is not None]


def _plain(child: Any) -> bool:
    """Whether an element and all in it are HTML that no callback looks for."""
    if not isinstance(child, Component):
        return True
    known = child._namespace == "dash_html_components" or isinstance(child, dcc.Link | dcc.Input)
    return known and not isinstance(getattr(child, "id", None), dict) and all(_plain(one) for one in _children(child))


def _size(child: Any) -> int:
    return 1 + sum(_size(one) for one in _children(child)) if isinstance(child, Component) else 0


def _node(child: Any) -> Node:
    if not isinstance(child, Component):
        return str(child)
    tag, attributes = _tag(child)
    return [tag, attributes, *(_node(one) for one in _children(child))]


def _tag(component: Component) -> tuple[str, dict[str, str]]:
    given = component.to_plotly_json()["props"]
    attributes = {
        RENAMED.get(name, name): _written(value)
        for name, value in given.items()
        if name not in IGNORED and value is not None and value is not False
    }
    if isinstance(component, dcc.Link):
        return "a", attributes | {"data-soft": ""}
    return ("input" if isinstance(component, dcc.Input) else component._type.lower()), attributes


def _written(value: Any) -> str:
    if value is True:
        return ""
    if isinstance(value, dict):
        return ";".join(f"{_kebab(name)}:{one}" for name, one in value.items())
    return str(value)


def _kebab(name: str) -> str:
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
