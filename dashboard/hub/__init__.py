"""Push to pages: Socket.IO with snapshots and differences. ``create_hub`` is the way in."""

from dashboard.hub.access import Authenticate, loopback_only
from dashboard.hub.composer import Limits
from dashboard.hub.server import Hub, create_hub

__all__ = ["Authenticate", "Hub", "Limits", "create_hub", "loopback_only"]
