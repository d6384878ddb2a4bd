import { type Html, html, NOTHING } from '../html/html.ts';
import { dollars } from '../html/words.ts';

const CHART = { width: 640, height: 120, left: 4, right: 4, top: 8, bottom: 4 };
const POINTS_MAX = 300;

/** What a task has cost over time, as a rising line, under the limit where that is near. */
export function moneyOverTime(calls: readonly { readonly at: number; readonly usd: number }[], limit: number | null): Html {
  const [first, last] = [calls[0], calls.at(-1)];
  if (calls.length < 2 || !first || !last) return NOTHING;
  let sum = 0;
  const all = calls.map(({ at, usd }) => {
    sum += usd;
    return { at, usd: sum };
  });
  const every = Math.ceil(all.length / POINTS_MAX);
  const points = all.filter((_, i) => i % every === 0 || i === all.length - 1);
  const total = sum;
  const highest = limit !== null && limit < total * 3 ? Math.max(limit, total) : total;
  const span = Math.max(1, last.at - first.at);
  const x = (at: number): number => round(CHART.left + ((at - first.at) / span) * (CHART.width - CHART.left - CHART.right));
  const y = (usd: number): number =>
    round(CHART.height - CHART.bottom - (highest === 0 ? 0 : usd / highest) * (CHART.height - CHART.top - CHART.bottom));
  let line = `M${x(first.at)} ${y(0)}`;
  for (const { at, usd } of points) line += ` H${x(at)} V${y(usd)}`;
  const area = `${line} V${y(0)} Z`;
  const day = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 16);
  return html`<figure class="money"><svg viewBox="0 0 ${CHART.width} ${CHART.height}" preserveAspectRatio="none" role="img" aria-label="Cost over time: ${dollars(total)} in ${calls.length} calls"><path class="area" d="${area}" /><path class="line" d="${line}" />${limit !== null && highest >= limit && html`<path class="limit" d="M0 ${y(limit)} H${CHART.width}" />`}</svg>
<figcaption><span>${day(first.at)}</span><span>${dollars(total)}${limit !== null && ` of ${dollars(limit)}`} in ${calls.length} calls</span><span>${day(last.at)} UTC</span></figcaption></figure>`;
}

const round = (n: number): number => Math.round(n * 10) / 10;
