// Six digits wherever a large city has them, from now on: every board is enlarged before it is drawn.
() => {
  const {wall} = window, draw = wall.onBoard.bind(wall), big = n => (n ?? 0) % 1000 + 888000;
  const each = (row, keys, grow) => keys.forEach(key => { row[key] = grow(row[key]); });
  const large = board => {
    const {tiles, overdue, events, districts, ranking, map} = board = structuredClone(board);
    each(tiles.workers, ['online', 'on_duty', 'total', 'moving', 'still', 'silent', 'off'], big);
    each(tiles.accepted, ['value', 'closed'], big);
    each(tiles.open, ['value', 'pending', 'handling', 'verifying'], big);
    Object.assign(tiles.accepted, {yesterday: 765432});
    Object.assign(tiles.open, {suspended: 12345});
    Object.assign(tiles.overdue, {value: 888001, supervised: 1234, open: 999999, yesterday: 777001});
    Object.assign(tiles.satisfaction, {n: 654321, d: 678901});
    Object.assign(overdue, {total: 888001, soon_total: 654321});
    each(events.equation, ['carried', 'accepted', 'closed', 'open'], big);
    Object.assign(events.equation, {reopened: 1234, voided: 1234});
    events.daily = events.daily.map(([day, n]) => [day, big(n)]);
    events.hours = events.hours.map(big);
    events.hours[23] = 888999; // at the edge, whatever hour it is
    for (const row of [...events.categories, ...events.channels]) row.n = big(row.n);
    for (const row of districts.rows) each(row, ['moving', 'online', 'open', 'overdue'], n => (n ?? 0) + 12345);
    each(districts.total, ['moving', 'online', 'open', 'overdue'], big);
    for (const row of ranking.rows) Object.assign(row, {overdue: 1234, change: -104});
    for (const code in map.labels) map.labels[code] = 12345;
    return board;
  };
  wall.onBoard = board => draw(large(board));
  wall.onBoard(wall.board);
}
