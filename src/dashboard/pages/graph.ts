import type { Plan } from '../../domain/plan/plan.ts';
import type { ComponentState } from '../../domain/task/component-record.ts';
import { clip } from '../../text/truncate.ts';
import { type Html, html, NOTHING } from '../html/html.ts';

const NODE = { width: 190, height: 46, across: 60, down: 16, margin: 6 };

/** The plan's components and what they depend on, from left to right, each in the colour of its state. */
export function graph(plan: Plan, stateOf: (id: string) => ComponentState): Html {
  if (plan.components.length < 2) return NOTHING;
  const columns = columnsOf(plan);
  const place = new Map<string, { readonly x: number; readonly y: number }>();
  const tallest = Math.max(...columns.map((column) => column.length));
  for (const [i, column] of columns.entries())
    for (const [j, id] of column.entries()) {
      const gap = (tallest - column.length) / 2;
      place.set(id, {
        x: NODE.margin + i * (NODE.width + NODE.across),
        y: NODE.margin + (j + gap) * (NODE.height + NODE.down),
      });
    }
  const width = 2 * NODE.margin + columns.length * (NODE.width + NODE.across) - NODE.across;
  const height = 2 * NODE.margin + tallest * (NODE.height + NODE.down) - NODE.down;
  const edges = plan.components.flatMap(({ id, depends_on }) => depends_on.map((from) => edge(place.get(from), place.get(id))));
  const nodes = plan.components.map(({ id }) => {
    const { x, y } = place.get(id) ?? { x: 0, y: 0 };
    const state = stateOf(id);
    return html`<a href="#component-${id}"><title>${id}: ${state}</title><rect class="node ${state}" x="${x}" y="${y}" width="${NODE.width}" height="${NODE.height}" rx="8" /><text x="${x + 12}" y="${y + 19}" class="name">${clip(id, 24, '…')}</text><text x="${x + 12}" y="${y + 36}" class="state">${state}</text></a>`;
  });
  return html`<div class="scroll graph" role="group" aria-label="Components and what they depend on"><svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" class="arrow" /></marker></defs>${edges}${nodes}</svg></div>`;
}

type Point = { readonly x: number; readonly y: number } | undefined;

function edge(from: Point, to: Point): Html {
  if (!from || !to) return NOTHING;
  const [x1, y1] = [from.x + NODE.width, from.y + NODE.height / 2];
  const [x2, y2] = [to.x - 1, to.y + NODE.height / 2];
  const bend = Math.max(24, (x2 - x1) / 2);
  return html`<path class="edge" d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" marker-end="url(#arrow)" />`;
}

/** Each component is one column further right than the last of those it depends on. A plan that people edited may have a cycle. */
function columnsOf(plan: Plan): string[][] {
  const depth = new Map<string, number>();
  const byId = new Map(plan.components.map((component) => [component.id, component]));
  const depthOf = (id: string, above: readonly string[]): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    const below = (byId.get(id)?.depends_on ?? []).filter((d) => byId.has(d) && !above.includes(d));
    const found = below.reduce((most, d) => Math.max(most, depthOf(d, [...above, id]) + 1), 0);
    depth.set(id, found);
    return found;
  };
  const columns: string[][] = [];
  for (const { id } of plan.components) {
    const column = depthOf(id, []);
    columns[column] = [...(columns[column] ?? []), id];
  }
  return Array.from(columns, (column) => column ?? []).filter((column) => column.length > 0);
}
