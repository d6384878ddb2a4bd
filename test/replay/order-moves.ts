export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * A move waits until nothing stands where it goes that is itself to move away. `detectLoop` are those that wait for each other: two files of
 * which each is to become a folder for the other.
 */
export function orderMoves(moves: readonly Move[]): { ordered: Move[]; detectLoop: Move[] } {
  const detectLoop = [...moves];
  const ordered: Move[] = [];
  for (;;) {
    const at = detectLoop.findIndex((move) => detectLoop.every((other) => other === move || !isInTheWay(other.from, move.to)));
    if (at < 0) return { ordered, detectLoop };
    ordered.push(...detectLoop.splice(at, 1));
  }
}

function isInTheWay(there: string, path: string): boolean {
  const [known, wanted] = [there, path].map((name) => name.normalize('NFC').toLowerCase()) as [string, string];
  return known === wanted || known.startsWith(`${wanted}/`) || wanted.startsWith(`${known}/`);
}
