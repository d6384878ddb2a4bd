/** The last lines the bot printed, made readable: its log is JSON, one object a line. */
export const lastOutput = (lines: readonly string[], count: number): string => lines.slice(-count).map(readable).join('\n');

const LEVELS: Readonly<Record<number, string>> = { 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

function readable(line: string): string {
  try {
    const { level, time, msg, err } = JSON.parse(line) as { level: number; time: number; msg?: string; err?: { stack?: string } };
    return `  ${new Date(time).toISOString().slice(11, 23)} ${LEVELS[level] ?? level} ${msg ?? ''}${err?.stack ? `\n    ${err.stack}` : ''}`;
  } catch {
    return `  ${line}`;
  }
}
