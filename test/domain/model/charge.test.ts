import { expect, test } from '@jest/globals';
import { type ChargedCall, chargesOf, costOf, spendOfCall } from '../../../src/domain/model/charge.ts';
import { NO_USAGE } from '../../../src/domain/model/usage.ts';

const usage = (input: number) => ({ ...NO_USAGE, input });
const charge = (input: number, model = 'a/b') => ({ model, usage: usage(input) });
const turn = { model: 'a/b', usage: usage(1) };

test.each<[string, ChargedCall, number[]]>([
  ['a turn', { turn }, [1]],
  ['a turn after attempts that broke off', { turn: { ...turn, unfinished: [charge(2), charge(3)] } }, [1, 2, 3]],
  ['no turn', { turn: null }, []],
  ['no turn after attempts that broke off', { turn: null, unfinished: [charge(2)] }, [2]],
])('%s', (_, call, inputs) => {
  expect(chargesOf(call).map((one) => one.usage.input)).toEqual(inputs);
  expect(spendOfCall(call, (_model, { input }) => 10 * input)).toEqual(
    inputs.length === 0
      ? []
      : [
          {
            model: 'a/b',
            turns: call.turn ? 1 : 0,
            usage: usage(inputs.reduce((a, b) => a + b)),
            usd: 10 * inputs.reduce((a, b) => a + b),
            ms: 0,
          },
        ],
  );
});

test('a price that is unknown makes the sum unknown, and nothing costs nothing', () => {
  expect(costOf([charge(1), charge(2, 'x/y')], (model) => (model === 'a/b' ? 1 : null)).usd).toBeNull();
  expect(costOf([], () => null)).toEqual({ usage: NO_USAGE, usd: 0 });
});
