"""Settings of one data directory: defaults here, overridden by ``DIR/config.toml``.

Thresholds follow the public contract (definitions, scores) and the design brief (targets, freshness).
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec


class Freshness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ages in seconds after which a source counts as delayed and as lost."""

    ok: float
    lost: float
    zh: str
    en: str


class Targets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the office promised, as shares of one."""

    online: float = 0.95
    on_time: float = 0.98
    satisfaction: float = 0.99
    accuracy: float = 0.98


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds of indicators. Times in minutes unless the name says otherwise."""

    due_soon: int = 120
    moving_metres: float = 50.0
    moving_window: int = 5
    silent_after: int = 10
    satisfied_score: int = 2
    future_tolerance: int = 5
    max_speed_mps: float = 60.0
    unknown_workers: str = "reject"
    small_sample: int = 100
    min_due: int = 30


class Score(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A score model: weights over outcome indicators, missing parts re-weighted."""

    key: str = "outcomes"
    version: str = "1"
    zh: str = "办理结果"
    en: str = "Outcomes"
    weights: dict[str, float] = msgspec.field(
        default_factory=lambda: {"on_time": 45, "closure": 20, "rework": 15, "reopen": 5, "satisfaction": 15}
    )


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit that is not ranked, and why people may read (不可抗力, an appeal upheld). ``period`` empty: ever."""

    region: str
    reason: str
    period: str = ""


class RedisInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Redis Streams to read from. ``consumer`` must stay the same over restarts (default: the host's name).

    With ``shards`` above one the fixes come by so many streams ``positions:{0}`` ``positions:{1}`` …, which a Redis
    Cluster keeps on different nodes; all fixes of a worker belong into one of them.
    """

    url: str
    consumer: str = ""
    cases: str = "cases"
    positions: str = "positions"
    shards: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 1
    crs: str = "wgs84"

    @property
    def position_streams(self) -> tuple[str, ...]:
        """The streams that fixes come by."""
        if not self.positions or self.shards == 1:
            return (self.positions,) if self.positions else ()
        return tuple(f"{self.positions}:{{{shard}}}" for shard in range(self.shards))


class MqttInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An MQTT 5 broker to read from, ``mqtt://host:1883`` or ``mqtts://host:8883``; no topics: nothing of that lane.

    ``client`` must stay the same over restarts and be nobody else's (default: yiping-HOST); ``share`` names a group of
    clients that divide the messages among them. Files are relative to the data directory. ``at_once`` messages are
    stored in one batch and at most as many wait unacknowledged; ``session_hours`` the broker keeps what comes while
    nobody reads.
    """

    url: str
    client: str = ""
    share: str = ""
    username: str = ""
    password_file: str = ""
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    cases: tuple[str, ...] = ("cases/#",)
    positions: tuple[str, ...] = ("positions/#", "owntracks/+/+")
    crs: str = "wgs84"
    at_once: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 1_000
    session_hours: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] = 168

    def __post_init__(self) -> None:
        if not self.url.startswith(("mqtt://", "mqtts://")):
            raise ValueError(f"mqtt_input.url {self.url!r} is neither mqtt:// nor mqtts://")


class GatewaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``app.py gateway``: fixes by HTTP, and with ``mqtt`` those of ``mqtt_input`` instead of ingest, onto a stream.

    A batch is closed after ``seconds`` or ``at_once`` fixes; at most ``most`` fixes wait; a key sends ``rate`` requests
    a second on average and twice as many at once.
    """

    redis: str
    stream: str = "positions"
    crs: str = "wgs84"
    mqtt: bool = False
    seconds: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.25
    at_once: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1_000
    most: Annotated[int, msgspec.Meta(ge=1)] = 20_000
    rate: Annotated[float, msgspec.Meta(gt=0)] = 20_000


class ReplayInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recorded file to play; paths are relative to the data directory. ``speed`` is for the pace of that name."""

    lane: Literal["cases", "positions"]
    file: str
    map: str = ""
    pace: Literal["at_once", "clock", "speed"] = "at_once"
    speed: float = 1.0


class SecuritySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Passwords, sessions, pairing and limits of guessing. The defaults follow OWASP ASVS 5.0, chapters 6 and 7.

    ``failures_account`` and ``failures_address`` wrong guesses are free; each further one waits twice as long as the
    one before, until nobody guessed for ``failure_minutes``.
    """

    password_min: int = 8
    one_time_hours: float = 24
    idle_minutes: float = 30
    session_hours: float = 12
    pairing_minutes: float = 10
    failures_account: int = 5
    failures_address: int = 20
    failure_minutes: float = 15


class OidcRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who has ``value`` in the claim of roles gets ``role``, bound to ``region`` and ``unit`` (or to the claims')."""

    value: str
    role: Literal["leader", "center", "street", "unit", "auditor", "admin"]
    region: str = ""
    unit: str = ""


class OidcSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The OpenID provider whose people may log in. The first of ``roles`` that fits counts; who fits none stays out.

    ``client_secret_file`` is relative to the data directory. ``required_group`` must stand in ``group_claim``.
    """

    issuer: str
    client_id: str
    client_secret_file: str
    roles: tuple[OidcRole, ...]
    scopes: str = "openid profile"
    name_claim: str = "preferred_username"
    display_claim: str = "name"
    role_claim: str = "groups"
    region_claim: str = ""
    unit_claim: str = ""
    group_claim: str = "groups"
    required_group: str = ""
    algorithms: tuple[Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"], ...] = (
        "RS256",
        "ES256",
        "PS256",
    )
    timeout_seconds: float = 5


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an installation may decide without code."""

    city_zh: str = "城市"
    city_en: str = "City"
    demo: bool = False
    zone: str = "Asia/Shanghai"
    #: Where pages may open sockets from, ``https://host[:port]``; empty: the addresses of the machine itself.
    origins: tuple[str, ...] = ()
    #: Proxies in front whose ``X-Forwarded-For``, ``-Proto`` and ``-Host`` are believed; 0: nobody's.
    trusted_proxies: int = 0
    database: str = ""
    #: Files that hold the passwords of the two servers, relative to the data directory; better than in the addresses.
    database_password_file: str = ""
    feed: str = "memory://"
    feed_password_file: str = ""
    duty_hours: tuple[tuple[str, str], ...] = (("08:30", "12:00"), ("14:00", "17:30"))
    statutory_holidays: bool = True
    ranking_minutes: int = 5
    ranking_level: str = "street"
    retention_days: int = 90
    #: Fixes this near to where a worker's day began are never shown: it may be the home. 0 shows everything.
    track_hidden_metres: float = 50.0
    redis_input: RedisInput | None = None
    mqtt_input: MqttInput | None = None
    gateway: GatewaySettings | None = None
    replays: tuple[ReplayInput, ...] = ()
    targets: Targets = Targets()
    rules: Rules = Rules()
    score: Score = Score()
    security: SecuritySettings = SecuritySettings()
    oidc: OidcSettings | None = None
    excluded: tuple[Exclusion, ...] = ()
    #: What ``config.toml`` names is added to these; an HTTP source is ``http:NAME OF ITS KEY``.
    sources: dict[str, Freshness] = msgspec.field(
        default_factory=lambda: {
            "positions": Freshness(15, 75, "人员定位", "Positions"),
            "cases": Freshness(10, 50, "案件流转", "Case flow"),
            "indicators": Freshness(300, 1500, "指标计算", "Indicators"),
            "stock": Freshness(86_400, 432_000, "人房数据", "Residents"),
            "hotline": Freshness(60, 300, "12345 热线", "12345 hotline"),
            "video": Freshness(15, 75, "视频智能识别", "Video recognition"),
        }
    )

    def source_names(self, name: str, lane: str) -> tuple[str, str]:
        """Chinese and English name of a source; one without a name is told by its stream and its own word.

        The positions that the key ``first`` brings are ``http:first:positions``, for people 人员定位 first.
        """
        named, stream = self.sources.get(name), self.sources.get(lane)
        if named is not None or stream is None:
            return (name, name) if named is None else (named.zh, named.en)
        own = " ".join(word for word in name.split(":") if word not in ("http", lane))
        return f"{stream.zh} {own}".strip(), f"{stream.en} {own}".strip()


def load_settings(directory: Path) -> Settings:
    """Read ``DIR/config.toml``; absent means defaults. ``ValueError`` names the file and the field that is wrong."""
    path = directory / "config.toml"
    if not path.exists():
        return Settings()
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert(values, Settings)
        return msgspec.structs.replace(found, sources=Settings().sources | found.sources)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise ValueError(f"{path}: {problem}") from problem


def write_settings(directory: Path, values: Mapping[str, str | bool | float]) -> None:
    """Write ``DIR/config.toml`` with these top-level settings; an existing file is the office's and stays as it is."""
    path = directory / "config.toml"
    if not path.exists():
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()]
        path.write_text("".join(lines), encoding="utf-8")
