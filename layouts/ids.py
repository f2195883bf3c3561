"""Element ids that callbacks and the browser code look up. ``frontend/src`` uses the same."""

WALL = "wall"
TITLE = "wall-title"
SCOPE = "wall-scope"
COUNTS = "wall-counts"
OPERATIONS = "wall-operations"
DEMO = "wall-demo"
DATE = "wall-date"
CLOCK = "wall-clock"
BANNER = "banner"
BANNER_TITLE = "banner-title"
BANNER_TEXT = "banner-text"
BANNER_RETRY = "banner-retry"
NOTICE = "notice"
NOTICE_TITLE = "notice-title"
NOTICE_TEXT = "notice-text"

TILES = ("workers", "accepted", "open", "on_time", "overdue", "satisfaction")

RANKING = "ranking"
MAP = "map"
DISTRICTS = "districts"
OVERDUE = "overdue"
TICKER = "ticker"
STOCK = "stock"
EVENTS = "events"
STRIP = "strip"

DAILY_GRAPH = "daily-graph"
HOURS_GRAPH = "hours-graph"
ON_TIME_GRAPH = "on-time-graph"
SATISFACTION_GRAPH = "satisfaction-graph"
FIGURES = "wall-figures"
FIGURES_TAKEN = "wall-figures-taken"


def tile(key: str, part: str = "") -> str:
    """Id of a KPI tile, or of a part: ``value unit scope spark mark first second``."""
    return f"tile-{key}-{part}" if part else f"tile-{key}"


def slot(graph: str) -> str:
    """Id of the place into which the browser code puts a graph once it is on screen."""
    return f"{graph}-slot"


def part(panel: str, name: str) -> str:
    """Id of a part of a panel: ``title``, ``note``, ``state``, ``body``."""
    return f"{panel}-{name}"
