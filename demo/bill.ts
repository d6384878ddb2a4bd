import type { Spend } from '../src/domain/model/spend.ts';
import { parseRecord } from '../src/domain/task/marker.ts';
import { cost, count, totalSpend } from '../src/replies/phrases/figures.ts';

/** What each part of a task cost, as the App counted it, from its status comment. */
export function bill(statusComment: string): string {
  const record = parseRecord(statusComment);
  if (!record) throw new Error('the status comment holds no record');
  const components = Object.entries(record.components).map(([id, c]) => [id, c.spend] as const);
  const parts: (readonly [string, readonly Spend[]])[] = [['plan', record.planning.spend], ...components];
  const rows = [
    ['', 'model', 'turns', 'input', 'cached', 'output', 'cost'],
    ...parts.map(([name, spends]) => row(name, spends)),
    row(
      'all',
      parts.flatMap(([, spends]) => spends),
    ),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((r) => r[column]?.length ?? 0))) ?? [];
  return rows
    .map((r) => r.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '))
    .join('\n');
}

function row(name: string, spends: readonly Spend[]): string[] {
  const sum = (part: (s: Spend) => number): string => count(spends.reduce((n, s) => n + part(s), 0));
  const models = [...new Set(spends.map((s) => s.model))];
  return [
    name,
    models.length === 1 ? (models[0] as string) : '',
    sum((s) => s.turns),
    sum((s) => s.usage.input + s.usage.cache_write),
    sum((s) => s.usage.cache_read),
    sum((s) => s.usage.output),
    cost(totalSpend(spends).usd),
  ];
}
