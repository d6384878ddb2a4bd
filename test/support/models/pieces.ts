/** Text cut into the pieces in which a provider streams it: always at least two, so that nothing works by accident on whole texts. */
export function inPieces(text: string): string[] {
  const size = Math.max(1, Math.min(256, Math.ceil(text.length / 2)));
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return pieces;
}
