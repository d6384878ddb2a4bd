import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTraces, type Traces } from '../../../src/adapters/telemetry/traces.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../support/otlp-receiver.ts';

let collector: OtlpReceiver;
let traces: Traces;
const problems: string[] = [];
const to = (url: string) =>
  openTraces({
    url: `${url}/v1/traces`,
    headers: { 'x-tenant': '7' },
    serviceName: 'planwright',
    instance: 'replica-1',
    onProblem: (problem) => void problems.push(problem),
  });

/** Everything that these tests trace, read by the collector once the traces are closed. */
beforeAll(async () => {
  collector = await startOtlpReceiver();
  traces = to(collector.url);
  await traces.span({ name: 'orphan', kind: 'client' }, async () => {});
  await traces.span({ name: 'workflow a', kind: 'root', attributes: { 'planwright.task': 'acme/rocket#1', none: null } }, () =>
    Promise.all([
      traces.span({ name: 'step one' }, async (span) => {
        await new Promise(setImmediate);
        await traces.span({ name: 'GitHub GET', kind: 'client' }, async (inner) =>
          inner.set({ 'http.response.status_code': 200 }),
        );
        span.set({ later: true, long: 'x'.repeat(10_000) });
      }),
      traces
        .span({ name: 'step two' }, async () => {
          // A workflow that another one begins is a trace of its own.
          await traces.span({ name: 'workflow b', kind: 'root' }, async () => {});
          throw new TypeError('const secret = "xyzzy"');
        })
        .catch(() => {}),
    ]),
  );
  await traces.close();
});
afterAll(() => collector.close());

const named = (name: string) => collector.spans.filter((span) => span.name === name);

test('a span lies in the one that was open when it began, also where two are open at once', () => {
  const [[root], [one], [two], [get], [other]] = ['workflow a', 'step one', 'step two', 'GitHub GET', 'workflow b'].map(
    named,
  ) as [
    ReturnType<typeof named>,
    ReturnType<typeof named>,
    ReturnType<typeof named>,
    ReturnType<typeof named>,
    ReturnType<typeof named>,
  ];
  expect([root?.parentSpanId, other?.parentSpanId]).toEqual(['', '']);
  expect([one?.parentSpanId, two?.parentSpanId, get?.parentSpanId]).toEqual([root?.spanId, root?.spanId, one?.spanId]);
  expect(other?.traceId).not.toBe(root?.traceId);
});

test('attributes: what is null is left out, what is long is cut, and the process is named', () => {
  expect(named('workflow a')[0]).toMatchObject({
    attributes: { 'planwright.task': 'acme/rocket#1' },
    resource: { 'service.name': 'planwright', 'service.instance.id': 'replica-1' },
  });
  expect(named('workflow a')[0]?.attributes).not.toHaveProperty('none');
  expect(named('step one')[0]?.attributes).toMatchObject({ later: true, long: 'x'.repeat(300) });
  expect(collector.headers[0]).toMatchObject({ 'x-tenant': '7' });
});

test('a failure is one without its message, which may quote code', () => {
  expect(named('step two')[0]).toMatchObject({ failed: true, attributes: { 'error.type': 'TypeError' } });
  expect(collector.bodies.join()).not.toContain('xyzzy');
});

test('what happens outside of a workflow is no trace', () => {
  expect(named('orphan')).toEqual([]);
});

test('a collector that refuses is reported once, and one that says nothing does not hold up the end', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const waiting = to(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  await waiting.span({ name: 'workflow c', kind: 'root' }, async () => {});
  const began = performance.now();
  await waiting.close();
  expect(performance.now() - began).toBeLessThan(6_000);
  silent.close();
  silent.closeAllConnections();

  problems.length = 0;
  const refused = to(`${collector.url}/elsewhere`);
  for (let n = 0; n < 3; n++) await refused.span({ name: 'workflow d', kind: 'root' }, async () => {});
  await refused.close();
  expect(problems).toHaveLength(1);
});
