"""Pages are tested with elements and figures that refuse attributes which do not exist, as Dash's and Plotly's do."""

from collections.abc import Iterator

import plotly.graph_objects as go
import pytest
from dash import dcc
from dash import html as checked

from layouts import html
from layouts.figures import light


@pytest.fixture(scope="module", autouse=True)
def checked_elements() -> Iterator[None]:
    names = {name: getattr(checked, name) for name in checked.__all__} | {"Link": dcc.Link}
    with pytest.MonkeyPatch.context() as patch:
        for name, kind in names.items():
            patch.setattr(html, name, kind)
        patch.setattr(light, "framed", lambda traces, layout: go.Figure(data=traces, layout=layout))
        yield
