import { memoryStore } from '@ticklake/storage';
import type { Tier } from '@ticklake/partition';
import { interceptStore } from '@ticklake/storage/testing';
import { NOON } from '../testing/context.js';
import { keysOf } from '../testing/small-lake.js';
import { agreeOnLayout, readLayout, redirectLayout } from './layout-document.js';

const wantedOf = (tier: Tier, rawColons = false) => ({
  ...{ tier, layout: 'dash-diagram' as const, raw_colons: rawColons, copies: 'all' as const },
  views: ['by_date' as const],
});

const clock = { clock: NOON };

/** A store whose first put lets other tiers agree on theirs before it. */
function overtaken(tiers: readonly Tier[]) {
  const store = memoryStore();
  let isFirst = true;
  const slow = interceptStore(store, async ({ name }, proceed) => {
    if (name === 'put' && isFirst) {
      isFirst = false;
      for (const tier of tiers) await agreeOnLayout(store, wantedOf(tier), clock);
    }
    return proceed();
  });
  return { store, slow };
}

it.each<[Tier, Tier]>([
  ['ml', 'availability'],
  ['availability', 'ml'],
  ['execution', 'availability'],
  ['availability', 'execution'],
])('%s is in the root first, and %s second, also where it was about to be first', async (first, second) => {
  const { store, slow } = overtaken([first]);
  await agreeOnLayout(slow, wantedOf(second), clock);
  for (const tier of [first, second]) expect(await readLayout(store, tier)).toMatchObject(wantedOf(tier));
  const own = second === 'availability' ? '_layout.availability.json' : '_layout.market.json';
  expect([...(await keysOf(store))].sort()).toEqual(['_layout.json', own].sort());
  await expect(agreeOnLayout(store, wantedOf(second, true), clock)).rejects.toMatchObject({
    ...{ kind: 'conflict', code: 'LAYOUT', details: { key: 'raw_colons' } },
  });
});

it.each<[Tier, readonly Tier[]]>([
  ['execution', ['ml']],
  ['ml', ['execution', 'availability']],
  ['execution', ['availability', 'ml']],
])('%s is refused where %j are, also where it was about to be first', async (tier, before) => {
  const { store, slow } = overtaken(before);
  const refused = { kind: 'conflict', code: 'LAYOUT', details: { key: 'tier' } };
  await expect(agreeOnLayout(slow, wantedOf(tier), clock)).rejects.toMatchObject(refused);
  await expect(agreeOnLayout(store, wantedOf(tier), clock)).rejects.toMatchObject(refused);
  expect(await readLayout(store, tier)).toBeUndefined();
  expect(await keysOf(store)).toHaveLength(before.length);
});

it('only the tier that is named is redirected', async () => {
  const store = memoryStore();
  for (const tier of ['availability', 'ml'] as const) await agreeOnLayout(store, wantedOf(tier), clock);
  await redirectLayout(store, { tier: 'ml', url: 'memory:there' }, clock);
  expect((await readLayout(store, 'ml'))?.moved_to).toBe('memory:there');
  expect((await readLayout(store, 'availability'))?.moved_to).toBeUndefined();
  await expect(agreeOnLayout(store, wantedOf('ml'), clock)).rejects.toMatchObject({ code: 'MOVED' });
  const ticks = { tier: 'execution', url: 'memory:there' } as const;
  await expect(redirectLayout(store, ticks, clock)).rejects.toMatchObject({
    kind: 'missing',
    code: 'NO_TIER',
  });
});
