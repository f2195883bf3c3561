"""A page as the JSON that is sent: Dash puts it into its answer as it is."""

from typing import Any

import orjson
from dash.development.base_component import Component

from layouts.parts.frozen import frozen

OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
"""What Plotly's writer takes too."""
OWN = ("data-", "aria-")


def sent(page: Component) -> orjson.Fragment:
    """A page frozen and written.

    Left to itself Dash tries the fast writer, which knows no components, then walks over everything that charts and
    tables consist of, value by value: 60 ms a page against 2.
    """
    return orjson.Fragment(orjson.dumps(frozen(page), default=_written, option=OPTIONS))


def _written(value: Any) -> Any:
    if not isinstance(value, Component):
        return value.to_plotly_json()
    props = {name: held for name, held in vars(value).items() if name in value._prop_names or name.startswith(OWN)}
    return {"props": props, "type": value._type, "namespace": value._namespace}
