import { compactIn } from './compact-in.js';
import { arrive, littleSpool } from './little-spool.js';
import type { Scenario } from './scenario.js';
import { QUARANTINE } from './scenarios/quarantine.js';
import { strikeScenario } from './strike-scenario.js';
import type { Party } from './world.js';

const options = { every: 15, offset: 0, strike: undefined, untilFirst: false };
const META = 'exchange=binance/stream=mark_price/symbol=btcusdt/date=20260203/meta.json';

it('breaks nothing of a run that keeps its promises', async () => {
  const [scenario] = QUARANTINE;
  const { points, violations } = await strikeScenario(scenario as Scenario, 'bucket', options);
  expect(violations).toEqual([]);
  expect(points).toMatchObject({ 'stand still': 2, 'kill twice': 1, 'changed source': 0 });
}, 60_000);

/** A run, and after it something that no run may do. */
const spoilt = (spoil: (party: Party) => Promise<unknown>): Scenario => ({
  name: 'spoilt',
  prepare: async (party) => arrive(party, await littleSpool()),
  async act(party) {
    const outcome = await compactIn(party);
    await spoil(party);
    return outcome;
  },
});

it.each<[string, (party: Party) => Promise<unknown>, RegExp]>([
  [
    'half a manifest',
    ({ compact }) => compact.put(META, Buffer.from('{"row_count"')),
    /meta.json is not whole/,
  ],
  ['an object that nobody knows', ({ compact }) => compact.put('x', Buffer.from('x')), /nobody knows x/],
  ['a manifest that is gone', ({ compact }) => compact.delete(META), /./],
])(
  'finds %s',
  async (_name, spoil, expected) => {
    const { violations } = await strikeScenario(spoilt(spoil), 'bucket', { ...options, untilFirst: true });
    expect(violations[0]?.broken.join('\n')).toMatch(expected);
  },
  60_000,
);
