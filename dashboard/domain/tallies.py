"""What is counted for each region and period, as one row of small integers that add.

A row is keyed by (region code, period): period is a month ``YYYYMM`` for regions of every level, and additionally a day
``YYYYMMDD`` for levels down to the street. ``COHORT`` counters belong to the period in which a case was *accepted* and
describe how those cases stand now; ``FLOW`` counters belong to the period in which something *happened*. Neither
depends on the present time: what does (overdue, due soon) is counted from the open cases at a tick.
"""

COHORT = (
    "accepted",        # cases accepted in the period, not void
    "closed",          # of them closed now
    "handled",         # of them handled now (a failed check, return or reopening undoes it)
    "handled_due",     # handled, with a deadline
    "on_time",         # handled at or before the deadline
    "late",            # handled after the deadline
    "closed_due",      # closed, with a deadline
    "no_deadline",     # without a deadline
    "ever_handled",
    "reworked",        # ever handled and ever failed a check
    "ever_closed",
    "reopened",        # ever closed and ever reopened
    "closed_first",    # closed before accepted: left out of durations
    "escalated",       # ever reported up
    "voided",          # accepted in the period and void now: counted beside all of the above
)
FLOW = (
    "accepted_flow", "filed_flow", "closed_flow", "reopened_flow",
    "voided_flow",     # became void while open
    "rated",           # valid ratings (1-4), the last of each closing
    "rated_4", "rated_3", "rated_2", "rated_1",
    "handled_flow", "failed_check_flow", "returned_flow",
)
COUNTERS = COHORT + FLOW
COLUMN = {name: column for column, name in enumerate(COUNTERS)}
WIDTH = len(COUNTERS)
