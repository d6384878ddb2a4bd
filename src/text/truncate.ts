/** The beginning of a text, up to a line end where one is near, and a note of what is missing. At most `max` characters and the note. */
export function truncate(text: string, max: number, note = (left: number) => `[cut here: ${left} more characters]`): string {
  if (text.length <= max) return text;
  const line = text.lastIndexOf('\n', max);
  const end = line > max * 0.8 ? line : max;
  // Half a surrogate pair is no character.
  const kept = text.slice(0, end).replace(/[\ud800-\udbff]$/, '');
  return `${kept}\n${note(text.length - kept.length)}`;
}

/** A name on one line, whatever characters git allows in it. */
export const oneLine = (name: string, max = 100): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git allows them in names, and a line break would forge a line.
  const plain = /[\u0000-\u001f\u007f\u2028\u2029"]/.test(name) ? JSON.stringify(name) : name;
  return plain.length <= max ? plain : `${plain.slice(0, max)}…`;
};

/** Names with commas between, as many as fit, and how many are left. */
export function enumerate(names: readonly string[], max: number): string {
  const shown: string[] = [];
  let room = max;
  for (const name of names) {
    const line = oneLine(name);
    room -= line.length + 2;
    if (room < 0) break;
    shown.push(line);
  }
  const left = names.length - shown.length;
  return `${shown.join(', ')}${left === 0 ? '' : `${shown.length > 0 ? ', and ' : ''}${left} more`}`;
}
