import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import { type SpendStore, SpendUnavailable } from '../../../src/ports/spend.ts';
import { WAITS } from '../../../src/workflows/engine/schedule.ts';
import type { WorkflowPorts } from '../../../src/workflows/shared/ports.ts';
import { chargeCalls } from '../../../src/workflows/shared/spend-caps.ts';
import { stoppedClock } from '../../adapters/github/stopped-clock.ts';

const TASK = { repository: { owner: 'olga', name: 'shop', installation: 1 }, issue: 1 };

it.each([
  ['a call waits for a database that is away, and is reserved once', new SpendUnavailable('away'), 31],
  ['what waiting does not help is told at once', new Error('column "usd" does not exist'), 1],
])('%s', async (_, error, tries) => {
  const clock = stoppedClock(Date.now());
  const ids: string[] = [];
  const reserve: SpendStore['reserve'] = async ({ id }) => {
    ids.push(id);
    if (ids.length <= 30) throw error;
    return null;
  };
  const ports = {
    spend: { reserve },
    caps: { perDay: null, perMonth: null },
    clock,
    log: pino({ level: 'silent' }),
    waits: WAITS,
  } as unknown as WorkflowPorts;
  const charging = chargeCalls(ports)(TASK, {
    cost: { usd: 1, tokens: 10 },
    limits: { usd: 5, tokens: null },
    budget: null,
  });
  if (tries === 1) await expect(charging).rejects.toBe(error);
  else expect((await charging).ok).toBe(true);
  expect(ids).toHaveLength(tries);
  expect(clock.slept).toHaveLength(tries - 1);
  expect(new Set(ids).size).toBe(1);
});
