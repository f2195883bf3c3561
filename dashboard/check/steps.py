"""Plain SQL that judges cases by their stored events, written from the rules of the contract alone.

Input: ``event_in`` (case_id, time, type, region, raw) of whole cases, ``category_in`` (code, kind). Each statement
makes one table of those before it; the last ones are ``judged`` (a row for each case), ``flow`` (case_id, instant,
counter) and ``pause``. Instants are epoch ms.

The decisions where the contract leaves room are those documented in ``domain.life_cycle``:
what comes before the acceptance takes effect at it; void is final; while closed only reopening changes the state.
"""

ORDER = (
    "reported,accepted,rejected,filed,dispatched,returned,extended,suspended,resumed,handled,checked,closed,cancelled,"
    "reopened,urged,supervised,rated,corrected,escalated"
)

TOLD = f"""
SELECT case_id, time, region, substr(type, 6) AS step,
       list_position(string_split('{ORDER}', ','), substr(type, 6)) AS rank,
       raw->>'$.source' AS source, raw->>'$.id' AS event_id,
       coalesce(raw->>'$.data.category', '') AS category,
       coalesce(raw->>'$.data.channel', '') AS channel, coalesce(raw->>'$.data.kind', '') AS kind,
       epoch_us(CAST(raw->>'$.data.due' AS TIMESTAMPTZ)) // 1000 AS due,
       CAST(raw->>'$.data.passed' AS BOOLEAN) AS passed,
       CAST(CAST(raw->>'$.data.score' AS DOUBLE) AS INTEGER) AS score
FROM event_in WHERE type LIKE 'case.%'
"""

PLACED = """
SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY time, rank, source, event_id) AS place FROM told
"""

ACCEPTANCE = """
SELECT case_id, min(place) AS accepted_place, arg_min(time, place) AS accepted_at
FROM placed WHERE step = 'accepted' GROUP BY case_id
"""

SORTED = """
SELECT case_id, place, step = 'corrected' AS corrects, told_kind.kind AS kind,
       CASE WHEN category <> '' AND (step = 'corrected' OR place = min(place) FILTER (category <> '') OVER whole)
            THEN coalesce(known.kind, '') ELSE '' END AS usual
FROM placed AS told_kind LEFT JOIN category_in AS known ON known.code = category
WINDOW whole AS (PARTITION BY case_id)
"""

KINDS = """
SELECT case_id,
       coalesce(arg_max(kind, place) FILTER (corrects AND kind <> ''),
                arg_min(CASE WHEN kind <> '' THEN kind ELSE usual END, place) FILTER (kind <> '' OR usual <> ''),
                '') AS kind
FROM sorted GROUP BY case_id
"""

DESCRIBED = """
SELECT case_id,
       coalesce(arg_max(region, place) FILTER (step = 'corrected' AND region <> ''),
                arg_min(region, place) FILTER (region <> ''), '') AS region,
       coalesce(arg_max(category, place) FILTER (step = 'corrected' AND category <> ''),
                arg_min(category, place) FILTER (category <> ''), '') AS category,
       coalesce(arg_max(channel, place) FILTER (step = 'corrected' AND channel <> ''),
                arg_min(channel, place) FILTER (channel <> ''), '') AS channel,
       arg_min(time, place) FILTER (step IN ('rejected', 'cancelled')) AS first_voiding
FROM placed GROUP BY case_id
"""

HELD = """
SELECT *, place < accepted_place AND step NOT IN ('reported', 'accepted', 'corrected') AS held
FROM placed JOIN acceptance USING (case_id)
"""

TURNED = """
SELECT *, CASE WHEN held THEN accepted_at ELSE time END AS instant,
       row_number() OVER (PARTITION BY case_id
                          ORDER BY CASE WHEN held THEN accepted_place ELSE place END,
                                   CASE WHEN held THEN place ELSE 0 END) AS turn
FROM held
"""

LIVING = """
SELECT *, step IN ('rejected', 'cancelled') AS voids
FROM turned
QUALIFY turn <= coalesce(min(turn) FILTER (step IN ('rejected', 'cancelled')) OVER (PARTITION BY case_id), turn)
"""

BEFORE = "OVER (PARTITION BY case_id ORDER BY turn ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"

CLOSINGS = f"""
SELECT *, coalesce(last_value(CASE WHEN step IN ('closed', 'reopened') THEN step END IGNORE NULLS) {BEFORE} = 'closed',
                   false) AS was_closed
FROM living
"""

MOVES = """
SELECT *,
       step = 'handled' AND NOT was_closed AS handles,
       step = 'closed' AND NOT was_closed AS closes,
       step = 'reopened' AND was_closed AS reopens,
       ((step = 'returned' OR (step = 'checked' AND NOT passed)) AND NOT was_closed)
          OR (step = 'reopened' AND was_closed) AS undoes
FROM closings
"""

HANDLINGS = f"""
SELECT *, coalesce(last_value(CASE WHEN handles OR closes THEN true WHEN undoes THEN false END IGNORE NULLS) {BEFORE},
                   false) AS was_handled
FROM moves
"""

PARKINGS = """
SELECT *,
       step = 'suspended' AND NOT was_closed AND NOT was_handled AS parks,
       step = 'resumed' OR handles OR closes OR voids AS unparks,
       handles OR (closes AND NOT was_handled) AS completes
FROM handlings
"""

SUSPENSIONS = f"""
SELECT *, coalesce(last_value(CASE WHEN parks THEN true WHEN unparks THEN false END IGNORE NULLS) {BEFORE}, false)
          AS was_suspended
FROM parkings
"""

STATES = f"""
SELECT *,
       last_value(CASE WHEN parks AND NOT was_suspended THEN instant END IGNORE NULLS) {BEFORE} AS parked_at,
       count(*) FILTER (closes) {BEFORE} AS closing,
       due IS NOT NULL AND (
           step = 'corrected' OR reopens
           OR (step IN ('reported', 'accepted', 'filed', 'dispatched', 'extended')
               AND NOT was_handled AND NOT was_closed)
       ) AS sets_due
FROM suspensions
"""

PAUSE = """
SELECT case_id, turn, greatest(place, accepted_place) AS known_place, parked_at AS started, instant AS ended
FROM states WHERE unparks AND was_suspended
"""

RATING = """
SELECT case_id, instant, score, turn FROM states WHERE step = 'rated' AND closing > 0
QUALIFY row_number() OVER (PARTITION BY case_id, closing ORDER BY turn DESC) = 1
"""

ENDED = """
SELECT case_id, any_value(accepted_at) AS accepted_at,
       arg_max(closes, turn) FILTER (closes OR reopens) AS is_closed,
       arg_max(time, turn) FILTER (closes) AS last_closed,
       arg_max(completes, turn) FILTER (completes OR undoes) AS is_handled,
       arg_max(time, turn) FILTER (completes) AS last_handled,
       max(turn) FILTER (completes) AS handled_turn,
       arg_max(parks, turn) FILTER (parks OR unparks) AS is_suspended,
       arg_max(instant, turn) FILTER (parks AND NOT was_suspended) AS last_parked,
       max(turn) FILTER (closes OR voids) AS unwatched_turn,
       max(time) FILTER (voids) AS voided_at,
       arg_max(due, turn) FILTER (sets_due) AS due,
       max(turn) FILTER (sets_due) AS due_turn,
       bool_or(completes) AS ever_handled, bool_or(closes) AS ever_closed, bool_or(reopens) AS reopened,
       coalesce(bool_or(step = 'checked' AND NOT passed), false) AS failed_check,
       bool_or(step = 'escalated') AS escalated
FROM states GROUP BY case_id
"""

WATCHED = """
SELECT case_id, min(instant) AS supervised_at
FROM states JOIN ended USING (case_id)
WHERE step = 'supervised' AND NOT was_closed AND turn > coalesce(unwatched_turn, 0) GROUP BY case_id
"""

JUDGED = """
SELECT d.case_id AS id, d.region, d.category, d.channel, k.kind, e.accepted_at,
       CASE WHEN e.case_id IS NULL THEN d.first_voiding ELSE e.voided_at END AS voided_at,
       CASE WHEN is_closed THEN last_closed END AS closed_at,
       CASE WHEN is_handled THEN last_handled END AS handled_at,
       CASE WHEN is_suspended THEN last_parked END AS suspended_at,
       w.supervised_at, due, due_turn, handled_turn,
       coalesce(ever_handled, false) AS ever_handled, coalesce(ever_closed, false) AS ever_closed,
       coalesce(reopened, false) AS reopened, coalesce(failed_check AND ever_handled, false) AS reworked,
       coalesce(is_closed AND last_closed < e.accepted_at, false) AS closed_first,
       coalesce(escalated, false) AS escalated,
       (SELECT arg_max(score, turn) FROM rating r WHERE r.case_id = d.case_id) AS score
FROM described d JOIN kinds k USING (case_id) LEFT JOIN ended e USING (case_id) LEFT JOIN watched w USING (case_id)
"""

FLOW = """
SELECT case_id, instant, 'accepted_flow' AS counter FROM states WHERE place = accepted_place
UNION ALL SELECT case_id, min_by(instant, turn), 'filed_flow' FROM states WHERE step = 'filed' GROUP BY case_id
UNION ALL SELECT case_id, instant, 'closed_flow' FROM states WHERE closes
UNION ALL SELECT case_id, instant, 'reopened_flow' FROM states WHERE reopens
UNION ALL SELECT case_id, instant, 'voided_flow' FROM states WHERE voids AND NOT was_closed
UNION ALL SELECT case_id, instant, 'handled_flow' FROM states WHERE completes
UNION ALL SELECT case_id, instant, 'failed_check_flow' FROM states WHERE step = 'checked' AND NOT passed
UNION ALL SELECT case_id, instant, 'returned_flow' FROM states WHERE step = 'returned'
UNION ALL SELECT r.case_id, instant, unnest(['rated', 'rated_' || r.score])
          FROM rating r JOIN judged ON id = r.case_id WHERE voided_at IS NULL
"""

STATEMENTS = (
    ("told", TOLD), ("placed", PLACED), ("acceptance", ACCEPTANCE), ("sorted", SORTED),
    ("kinds", KINDS), ("described", DESCRIBED), ("held", HELD),
    ("turned", TURNED), ("living", LIVING), ("closings", CLOSINGS), ("moves", MOVES), ("handlings", HANDLINGS),
    ("parkings", PARKINGS), ("suspensions", SUSPENSIONS), ("states", STATES), ("pause", PAUSE), ("rating", RATING),
    ("ended", ENDED), ("watched", WATCHED), ("judged", JUDGED), ("flow", FLOW),
)  # fmt: skip
"""Name and query of each table, in order."""

PAUSE_CATEGORY = """
SELECT case_id, turn, started, ended,
       coalesce(arg_max(category, place) FILTER (step = 'corrected' AND category <> ''),
                arg_min(category, place) FILTER (category <> ''), '') AS category
FROM pause JOIN placed USING (case_id) WHERE place <= known_place
GROUP BY case_id, turn, started, ended ORDER BY case_id, turn
"""
"""Pauses with the category that was known when each ended: its clock moves a deadline that an event gave."""
