"""Which league is told again, and for how long."""

from msgspec.structs import replace

from dashboard.queries.answers import AsOf
from dashboard.queries.score_answers import League, ModelInfo
from dashboard.queries.score_told import MOST, Told

LEAGUE = League("street", "2026-10", "d1", ModelInfo("m", "1", "", ""), [], 30, 100, None, AsOf(1, 0), [])


def test_a_league_is_told_again_until_it_is_too_old() -> None:
    told, made = Told[League](), list[int]()

    def asked(now: int, age: int, what: object = "streets") -> int:
        def work_out() -> League:
            made.append(now)
            return replace(LEAGUE, as_of=AsOf(1, now))

        return told.of(what, now, age, work_out).as_of.time

    assert [asked(1000, 300), asked(1299, 300), asked(1300, 300)] == [1000, 1000, 1300]
    assert asked(1301, 0) == 1301, "who wants it as of now gets it"
    assert asked(1000, 300) == 1000, "time that steps back makes it anew"
    assert asked(1001, 300, "communities") == 1001, "another question has another answer"
    for place in range(MOST):
        asked(1001, 300, place)
    assert asked(1002, 300) == 1002, "the one told longest ago has gone"
    assert made[:2] == [1000, 1300]
