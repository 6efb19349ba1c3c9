/** The work of one connection, or whatever else is limited by itself. */
interface Line {
  /** The turn of the event loop in which `taken` pieces of work were begun. */
  turn: number;
  taken: number;
  waiting: (() => void)[];
}

/**
 * [S6] At most `most` pieces of work of one line in one turn of the event loop, so that everything else gets its turn
 * between them. The rest waits in order for later turns.
 */
export function createLoopTurns(most: number) {
  /** Lines with work that waits. */
  const waiting = new Set<Line>();
  let turn = 0;
  let isScheduled = false;

  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(nextTurn);
  };
  const nextTurn = () => {
    isScheduled = false;
    turn++;
    // What begins here belongs to this turn, which ends.
    if (waiting.size > 0) schedule();
    for (const line of waiting) {
      const due = line.waiting.splice(0, most);
      line.turn = turn;
      line.taken = due.length;
      if (line.waiting.length === 0) waiting.delete(line);
      for (const begin of due) begin();
    }
  };

  /** Returns what begins work in a new line: a promise for the turn in which it may, or undefined when that is this one. */
  return (): (() => Promise<void> | undefined) => {
    const line: Line = { turn: -1, taken: 0, waiting: [] };
    return () => {
      schedule();
      if (line.turn !== turn) {
        line.turn = turn;
        line.taken = 0;
      }
      if (line.taken < most && line.waiting.length === 0) {
        line.taken++;
        return undefined;
      }
      waiting.add(line);
      return new Promise((resolve) => line.waiting.push(resolve));
    };
  };
}
