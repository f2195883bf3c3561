"""HTML elements as ``dash.html`` has them, made in a tenth of the time, and ``Link``.

A page has some 1,600 elements. Dash checks the name of every attribute of each and words the complaint beforehand:
22 µs an element against 1.6 µs. Here nothing is checked; the tests of the pages run with Dash's own elements, which do.
Otherwise they are Dash's: subclasses with the same fields, type and JSON.
"""

from typing import Any

from dash import dcc
from dash import html as checked
from dash.development.base_component import Component


def quick(one: Component) -> type[Component]:
    """The class of a component with instances that hold what they are given, unchecked."""
    kind = type(one)

    def hold(self: Component, children: Any = None, **given: Any) -> None:
        held = vars(self)
        held.update(given)
        if children is not None:
            held["children"] = children

    known = {name: value for name, value in vars(one).items() if name.startswith(("_", "available_"))}
    own = {"children": None, **known, "__init__": hold, "__module__": kind.__module__}
    made: type[Component] = type(kind.__name__, (kind,), own)
    return made


def __getattr__(name: str) -> Any:
    """The element of that name, kept as an attribute of the module from then on."""
    if not name[0].isupper():
        raise AttributeError(name)
    kind = quick(dcc.Link(href="") if name == "Link" else getattr(checked, name)())
    globals()[name] = kind
    return kind
