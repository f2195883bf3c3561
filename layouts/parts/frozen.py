"""Parts of a page that nothing changes, as data instead of components: the browser code makes plain elements of them.

Every Dash component costs the renderer a subscription and a dispatch when it appears, and every dispatch asks every
subscription: a page of 2,400 components blocked the main thread for 4.3 s where the same page as some thirty components
takes 0.2 s. So only what Dash must know (charts, grids, stores) stays a component.
"""

from functools import cache
from typing import Any

import orjson
from dash.development.base_component import Component

ATTRIBUTE = "data-dom"
"""Holds the children of an element as JSON: a text, or ``[tag, attributes, child, ...]``."""
RENAMED = {
    "className": "class", "htmlFor": "for", "colSpan": "colspan", "rowSpan": "rowspan", "tabIndex": "tabindex",
    "maxLength": "maxlength", "autoComplete": "autocomplete", "dateTime": "datetime", "encType": "enctype",
    "autoFocus": "autofocus", "readOnly": "readonly", "acceptCharset": "accept-charset", "spellCheck": "spellcheck",
}  # fmt: skip
CORE = ("Link", "Input")
"""Dash's own components that are plain elements too. What a class is, is found out once: an ``isinstance`` of Dash's
abstract classes takes longer than all else here."""
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
    found = vars(component).get("children")
    if found is None:
        return []
    return [child for child in found if child is not None] if type(found) in (list, tuple) else [found]


def _node(child: Any) -> Node | None:
    """An element and all in it as data; None where something in it stays a component, with the rest frozen in place."""
    kind: Any = type(child)
    if kind is str:
        return str(child)
    tag = _tag_of(kind)
    if tag is None:
        return str(child)
    children = _children(child)
    nodes = [_node(one) for one in children]
    given = vars(child)
    if tag and None not in nodes and type(given.get("id")) is not dict:
        return [tag, _attributes(given, kind), *nodes]
    if children:
        _hold(child, children, nodes)
    return None


def _hold(component: Component, children: list[Any], nodes: list[Node | None]) -> None:
    """Put the plain parts of a component that stays one into it: all of its children together, or each child's own."""
    if None not in nodes:
        if _saves(nodes):
            component.children = []
            setattr(component, ATTRIBUTE, orjson.dumps(nodes).decode())
        return
    for child, node in zip(children, nodes, strict=True):
        if isinstance(child, Component) and isinstance(node, list):
            _hold(child, _children(child), node[2:])
    component.children = children


def _saves(nodes: list[Node | None]) -> bool:
    """Whether they were made of several components."""
    elements = [node for node in nodes if type(node) is list]
    return len(elements) > 1 or any(type(inner) is list for element in elements for inner in element[2:])


@cache
def _tag_of(kind: type) -> str | None:
    """The tag of a class of components that are plain HTML, empty for other components, None for what is none."""
    if not issubclass(kind, Component):
        return None
    name: str = kind.__name__
    if kind.__module__.startswith("dash.dcc"):
        return {"Link": "a", "Input": "input"}.get(name, "") if name in CORE else ""
    return name.lower() if kind.__module__.startswith("dash.html") else ""


@cache
def _name(field: str) -> str:
    """The attribute that a field of a component is, by the name that HTML has for it; empty where it is none."""
    own = field.startswith(("_", "available_")) or field in IGNORED
    return "" if own else RENAMED.get(field, field)


def _attributes(given: dict[str, Any], kind: type) -> dict[str, str]:
    attributes = {}
    for field, value in given.items():
        if value is not None and value is not False and (name := _name(field)):
            attributes[name] = value if type(value) is str else _written(value)
    if kind.__name__ == "Link" and kind.__module__.startswith("dash.dcc"):
        attributes["data-soft"] = ""
    return attributes


def _written(value: Any) -> str:
    if value is True:
        return ""
    if isinstance(value, dict):
        return ";".join(f"{_kebab(name)}:{one}" for name, one in value.items())
    return str(value)


def _kebab(name: str) -> str:
    return "".join(f"-{sign.lower()}" if sign.isupper() else sign for sign in name)
