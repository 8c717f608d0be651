// Which account lies under the pointer. Asking the graphics card would stop it at every movement.

/** Accounts sorted into the cells of a grid over the picture. */
export interface Places {
  left: number;
  top: number;
  /** The side of a cell, in the units of the coordinates. */
  side: number;
  columns: number;
  rows: number;
  /** The accounts of cell `c`: `accounts[starts[c] .. starts[c + 1]]`. */
  starts: Uint32Array;
  accounts: Uint32Array;
}

/** Accounts in a cell, on average. */
const IN_A_CELL = 4;

function extent(values: number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([least, most], one) => [Math.min(least, one), Math.max(most, one)],
    [Infinity, -Infinity],
  );
}

/** Sorts accounts into cells. */
export function placesOf(x: number[], y: number[]): Places {
  const [[left, right], [top, bottom]] = [extent(x), extent(y)];
  const across = Math.max(1, Math.ceil(Math.sqrt(x.length / IN_A_CELL)));
  const side = Math.max(right - left, bottom - top) / across || 1;
  const columns = Math.floor((right - left) / side) + 1;
  const rows = Math.floor((bottom - top) / side) + 1;
  const cells = Uint32Array.from(x, (one, index) => {
    const row = Math.floor(((y[index] ?? top) - top) / side);
    return row * columns + Math.floor((one - left) / side);
  });
  const starts = new Uint32Array(columns * rows + 1);
  for (const cell of cells) starts[cell + 1] = (starts[cell + 1] ?? 0) + 1;
  for (let cell = 0; cell < columns * rows; cell += 1) {
    starts[cell + 1] = (starts[cell + 1] ?? 0) + (starts[cell] ?? 0);
  }
  const next = starts.slice();
  const accounts = new Uint32Array(x.length);
  cells.forEach((cell, index) => {
    const place = next[cell] ?? 0;
    accounts[place] = index;
    next[cell] = place + 1;
  });
  return { left, top, side, columns, rows, starts, accounts };
}

/** Calls `visit` with every account in the cells that a square around a point touches. */
export function visitNear(
  places: Places,
  at: { x: number; y: number },
  reach: number,
  visit: (account: number) => void,
): void {
  const { left, top, side, columns, rows, starts, accounts } = places;
  const cell = (value: number, from: number, count: number): number =>
    Math.min(count - 1, Math.max(0, Math.floor((value - from) / side)));
  const last = cell(at.x + reach, left, columns);
  for (let row = cell(at.y - reach, top, rows); row <= cell(at.y + reach, top, rows); row += 1) {
    const first = row * columns + cell(at.x - reach, left, columns);
    const end = starts[row * columns + last + 1] ?? 0;
    for (let place = starts[first] ?? 0; place < end; place += 1) visit(accounts[place] ?? 0);
  }
}
