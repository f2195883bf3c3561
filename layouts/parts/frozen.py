"""Parts of a page that nothing changes, as data instead of components: the browser code makes plain elements of them.

Every Dash component costs the renderer a subscription and a dispatch when it appears, and every dispatch asks every
subscription: a page of 2,400 components blocked the main thread for 4.3 s where the same page as some thirty components
takes 0.2 s. So only what Dash must know (charts, grids, stores) stays a component.
"""

import json
from functools import cache
from typing import Any

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
CORE = ("Link", "Input")
"""Dash's own components that are plain elements too. Told by name: an ``isinstance`` of Dash's abstract classes takes
longer than all else here."""
IGNORED = frozenset({"children", "key", "refresh", "n_clicks", "n_clicks_timestamp", "disable_n_clicks"})
Node = str | list[Any]


def frozen(component: Component) -> Component:
    """The same component with its unchanging parts as data; the component itself stays one.

    One walk, from the leaves up: a page has some 1,600 components, and this is a tenth of what it takes to make them.
    """
    children = _children(component)
    if children:
        _hold(component, children, [_node(child) for child in children])
    return component


def _children(component: Component) -> list[Any]:
    found = getattr(component, "children", None)
    if found is None:
        return []
    return [child for child in (found if isinstance(found, list | tuple) else [found]) if child is not None]


def _node(child: Any) -> Node | None:
    """An element and all in it as data; None where something in it stays a component, with the rest frozen in place."""
    if isinstance(child, str) or not hasattr(child, "_namespace"):
        return str(child)
    children = _children(child)
    nodes = [_node(one) for one in children]
    if None not in nodes and _plain(child):
        tag, attributes = _tag(child)
        return [tag, attributes, *nodes]
    if children:
        _hold(child, children, nodes)
    return None


def _hold(component: Component, children: list[Any], nodes: list[Node | None]) -> None:
    """Put the plain parts of a component that stays one into it: all of its children together, or each child's own."""
    if None not in nodes:
        if sum(map(_size, nodes)) >= FEWEST:
            component.children = []
            setattr(component, ATTRIBUTE, json.dumps(nodes, ensure_ascii=False))
        return
    for child, node in zip(children, nodes, strict=True):
        if isinstance(child, Component) and isinstance(node, list):
            _hold(child, _children(child), node[2:])
    component.children = children


def _plain(child: Component) -> bool:
    """Whether an element is HTML that no callback looks for."""
    known = child._namespace == "dash_html_components" or child._type in CORE
    return known and not isinstance(getattr(child, "id", None), dict)


def _size(node: Node | None) -> int:
    """Components that an element was made of."""
    return 1 + sum(map(_size, node[2:])) if isinstance(node, list) else 0


@cache
def _names(given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What of a component's fields are attributes, by the names that HTML has for them."""
    kept = [name for name in given if not name.startswith(("_", "available_")) and name not in IGNORED]
    return tuple((name, RENAMED.get(name, name)) for name in kept)


def _tag(component: Component) -> tuple[str, dict[str, str]]:
    given = vars(component)
    attributes = {
        written: _written(value)
        for name, written in _names(tuple(given))
        if (value := given[name]) is not None and value is not False
    }
    if component._type == "Link" and component._namespace == "dash_core_components":
        return "a", attributes | {"data-soft": ""}
    return component._type.lower(), attributes


def _written(value: Any) -> str:
    if value is True:
        return ""
    if isinstance(value, dict):
        return ";".join(f"{_kebab(name)}:{one}" for name, one in value.items())
    return str(value)


def _kebab(name: str) -> str:
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
