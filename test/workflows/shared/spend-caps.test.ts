import { expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { SpendStore } from '../../../src/ports/spend.ts';
import { WAITS } from '../../../src/workflows/engine/schedule.ts';
import type { WorkflowPorts } from '../../../src/workflows/shared/ports.ts';
import { chargeCalls } from '../../../src/workflows/shared/spend-caps.ts';
import { stoppedClock } from '../../adapters/github/stopped-clock.ts';

const TASK = { repository: { owner: 'olga', name: 'shop', installation: 1 }, issue: 1 };

it('a call waits for a database that is away, and is reserved once', async () => {
  const clock = stoppedClock(Date.now());
  const ids: string[] = [];
  const reserve: SpendStore['reserve'] = async ({ id }) => {
    ids.push(id);
    if (ids.length <= 30) throw new Error('connect ECONNREFUSED 127.0.0.1:5432');
    return null;
  };
  const ports = {
    spend: { reserve },
    caps: { perDay: null, perMonth: null },
    clock,
    log: pino({ level: 'silent' }),
    waits: WAITS,
  } as unknown as WorkflowPorts;
  const charged = await chargeCalls(ports)(TASK, {
    cost: { usd: 1, tokens: 10 },
    limits: { usd: 5, tokens: null },
    budget: null,
  });
  expect(charged.ok).toBe(true);
  expect(clock.slept).toHaveLength(30);
  expect(new Set(ids).size).toBe(1);
});
