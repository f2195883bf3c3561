"""Handlers of the map layers."""

import msgspec

from dashboard.api.asking import LayerQuestion, RegionQuestion
from dashboard.api.problems import Problem
from dashboard.api.reading import Call
from dashboard.api.replies import Reply
from dashboard.api.scoping import bounded
from dashboard.api.services import Services
from dashboard.base_data.layers import UnknownLayerError


def layers(services: Services, call: Call[RegionQuestion]) -> Reply:
    """The imported map layers and how much of each lies in a region."""
    base = services.base()
    region = bounded(base, call.caller, call.question.region)
    listed = services.layers.listed(services.engine, base, region)
    return Reply(msgspec.json.encode(listed), etag=f"{base.version}-{region}-layers")


def layer(services: Services, call: Call[LayerQuestion]) -> Reply:
    """What of a map layer lies in a region, cut to its border; very many features thinned, which the answer states."""
    base, ask, name = services.base(), call.question, call.path["name"]
    region = bounded(base, call.caller, ask.region)
    try:
        body = services.layers.document(services.engine, base, region, name, ask.crs)
    except UnknownLayerError as missing:
        raise Problem(404, str(missing), "name") from missing
    return Reply(body, etag=f"{base.version}-{region}-{name}-{ask.crs}")
