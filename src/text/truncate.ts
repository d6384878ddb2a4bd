/**
 * At most `max` characters of a text and the mark. A character of two code units is kept whole or left out, because half of one is
 * invalid.
 */
export function clip(text: string, max: number, mark = ''): string {
  if (text.length <= max) return text;
  const end = isHighSurrogate(text, max - 1) && isLowSurrogate(text, max) ? max - 1 : max;
  return text.slice(0, end) + mark;
}

const isHighSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLowSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/**
 * The beginning of a text, up to a line end where one is near, and a note about the missing rest. At most `max` characters and the
 * note.
 */
export function truncate(text: string, max: number, note = (left: number) => `[cut here: ${left} more characters]`): string {
  if (text.length <= max) return text;
  const line = text.lastIndexOf('\n', max);
  const kept = clip(text, line > max * 0.8 ? line : max);
  return `${kept}\n${note(text.length - kept.length)}`;
}

/** A text with each run of white space as one space. */
export const singleLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** A name on one line, whatever characters git allows in it. */
export const oneLine = (name: string, max = 100): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git allows them in names, and a line break would forge a line.
  const plain = /[\u0000-\u001f\u007f\u2028\u2029"]/.test(name) ? JSON.stringify(name) : name;
  return clip(plain, max, '…');
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
