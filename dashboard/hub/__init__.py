"""Push to pages: Socket.IO with snapshots and differences. ``server.create_hub`` is the way in."""
