/**
 * Gives `newLines`, written in the indentation of `oldLines`, the indentation the file has in the same place (`fileLines`, line
 * for line the same but for indentation). null when the two do not correspond: guessing would change what Python or YAML means.
 */
export function reindent(
  oldLines: readonly string[],
  fileLines: readonly string[],
  newLines: readonly string[],
): readonly string[] | null {
  const levels = new Map<string, string>();
  for (const [i, line] of oldLines.entries()) {
    if (isBlank(line)) continue;
    const written = indentOf(line);
    const real = indentOf(fileLines[i] ?? '');
    if ((levels.get(written) ?? real) !== real) return null;
    levels.set(written, real);
  }
  if ([...levels].every(([written, real]) => written === real)) return newLines;

  const result: string[] = [];
  for (const line of newLines) {
    const indent = isBlank(line) ? '' : translate(indentOf(line), levels);
    if (indent === null) return null;
    result.push(isBlank(line) ? line : indent + line.slice(indentOf(line).length));
  }
  return result;
}

/**
 * Translates an indentation: one that was seen, a deeper one based on the deepest seen level that it begins with, or one shallower
 * than all of them.
 */
function translate(indent: string, levels: ReadonlyMap<string, string>): string | null {
  const seen = levels.get(indent);
  if (seen !== undefined) return seen;
  const byDepth = [...levels.keys()].sort((a, b) => a.length - b.length);
  const below = byDepth.findLast((level) => indent.startsWith(level));
  if (below !== undefined) {
    const further = convert(indent.slice(below.length), levels);
    return further === null ? null : `${levels.get(below)}${further}`;
  }
  const above = byDepth.find((level) => level.startsWith(indent));
  if (above === undefined) return null;
  const less = convert(above.slice(indent.length), levels);
  const real = levels.get(above) ?? '';
  return less !== null && real.endsWith(less) ? real.slice(0, real.length - less.length) : null;
}

/** Spaces for tabs or tabs for spaces, at the rate the seen levels show; anything else stays. null when that rate is not known. */
function convert(indent: string, levels: ReadonlyMap<string, string>): string | null {
  const reals = [...levels.values()].join('');
  const toTabs = /^ +$/.test(indent) && /^\t+$/.test(reals);
  const toSpaces = /^\t+$/.test(indent) && /^ +$/.test(reals);
  if (!toTabs && !toSpaces) return indent;
  const rate = spacesPerTab(levels);
  if (rate === null || (toTabs && indent.length % rate !== 0)) return null;
  return toTabs ? '\t'.repeat(indent.length / rate) : ' '.repeat(indent.length * rate);
}

/** Compares one level with the next: `old_text` may be deeper in the file as a whole, so a single level shows nothing. */
function spacesPerTab(levels: ReadonlyMap<string, string>): number | null {
  const steps = [['', ''] as const, ...levels].sort(([a], [b]) => a.length - b.length);
  for (const [i, [written, real]] of steps.slice(1).entries()) {
    const [writtenBefore, realBefore] = steps[i] ?? ['', ''];
    const further = [written.length - writtenBefore.length, real.length - realBefore.length].sort((a, b) => a - b);
    const [tabs = 0, spaces = 0] = further;
    if (tabs === 1 && spaces > 1) return spaces;
  }
  return null;
}

const isBlank = (line: string): boolean => line.trim() === '';
const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';
