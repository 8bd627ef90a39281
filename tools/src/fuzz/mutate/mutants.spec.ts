import { hyparquetFlat, hyparquetNested } from '../corpus/hyparquet-writer.js';
import { openTarget, type Target } from '../corpus/target.js';
import { repackPages } from '../format/repack-pages.js';
import { makeMutant, MUTATIONS, planMutant } from './mutants.js';

let targets: Target[];
let originals: Uint8Array[];
beforeAll(async () => {
  const files = [
    {
      name: 'delta',
      bytes: repackPages(hyparquetFlat('delta', 'SNAPPY'), { codec: 'zstd', toV1: true }),
    },
    { name: 'dictionary', bytes: hyparquetFlat('dictionary', 'SNAPPY') },
    { name: 'nested', bytes: hyparquetNested() },
  ];
  targets = await Promise.all(files.map(openTarget));
  originals = targets.map(({ bytes }) => bytes.slice());
});

const weights = MUTATIONS.reduce((sum, { weight }) => sum + weight, 0);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('mutants', () => {
  it('are the same for the same seed and number, and others for another', () => {
    for (let index = 0; index < targets.length * weights; index += 7) {
      const first = makeMutant(targets, { seed: 1, index });
      expect(hex(makeMutant(targets, { seed: 1, index }))).toBe(hex(first));
    }
    const many = (seed: number) =>
      Array.from({ length: 60 }, (_, index) => hex(makeMutant(targets, { seed, index })));
    expect(many(2).filter((text, i) => text === many(1)[i]).length).toBeLessThan(5);
  });

  it('leave the base files as they are, and nearly always differ from them', () => {
    let same = 0;
    for (let index = 0; index < targets.length * weights; index++) {
      const { target } = planMutant(targets, index);
      if (hex(makeMutant(targets, { seed: 3, index })) === hex(target.bytes)) same++;
    }
    expect(targets.map(({ bytes }) => hex(bytes))).toEqual(originals.map(hex));
    expect(same).toBeLessThan(10);
  });

  it('go through all base files and every kind of damage, by weight', () => {
    const plans = Array.from({ length: targets.length * weights }, (_, index) => planMutant(targets, index));
    for (const mutation of MUTATIONS) {
      for (const target of targets) {
        const count = plans.filter((plan) => plan.mutation === mutation && plan.target === target).length;
        expect([mutation.name, count]).toEqual([mutation.name, mutation.weight]);
      }
    }
  });

  it('have kinds with names of their own', () => {
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  });
});
