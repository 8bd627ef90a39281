import fc from 'fast-check';

import { availabilityViews, marketViews } from '../spec-support/all-views.js';
import { arbitraryAvailability, arbitraryMarketPartition } from '../spec-support/arbitrary-partitions.js';
import { describePartitionScheme } from '../testing/index.js';

for (const { title, scheme } of marketViews) {
  describePartitionScheme(title, scheme, arbitraryMarketPartition(scheme));
}
for (const { title, scheme } of availabilityViews) {
  describePartitionScheme(title, scheme, arbitraryAvailability(scheme));
}

describe.each(marketViews)('$title', ({ scheme, rawColons }) => {
  const partitions = arbitraryMarketPartition(scheme);

  it('reads the colon in both spellings, and not in a mixture', () => {
    fc.assert(
      fc.property(partitions, (partition) => {
        const path = scheme.format(partition);
        expect(path.includes(':')).toBe(rawColons);
        expect(path.includes('%3A')).toBe(!rawColons);
        const [from, to] = rawColons ? [':', '%3A'] : ['%3A', ':'];
        expect(scheme.parse(path.replaceAll(from, to))).toEqual(partition);
        expect(scheme.parse(path.replace(from, to))).toBeUndefined();
      }),
    );
  });

  it('keeps partitions apart where case does not count (C-51)', () => {
    fc.assert(
      fc.property(partitions, partitions, (a, b) => {
        const [one, two] = [scheme.format(a), scheme.format(b)];
        expect(one.toLowerCase() === two.toLowerCase()).toBe(one === two);
        for (const path of [one.toLowerCase(), one.toUpperCase()]) {
          expect(scheme.parse(path)).toEqual(path === one ? a : undefined);
        }
      }),
    );
  });
});

describe('ticks or candles and instruments in one root, in whichever layouts (C-48)', () => {
  it.each(marketViews)('$title', ({ scheme }) => {
    const partitions = arbitraryMarketPartition(scheme);
    for (const { scheme: other } of availabilityViews) {
      fc.assert(
        fc.property(partitions, arbitraryAvailability(other), (partition, instruments) => {
          const [one, two] = [scheme.format(partition), other.format(instruments)];
          expect([other.parse(one), scheme.parse(two)]).toEqual([undefined, undefined]);
          const directoryOf = (path: string) => path.slice(0, path.lastIndexOf('/')).toLowerCase();
          expect(directoryOf(one)).not.toBe(directoryOf(two));
        }),
        { numRuns: 20 },
      );
    }
  });
});

describe('AP-35: from one layout to another', () => {
  it.each(marketViews)('$title', ({ scheme, tier }) => {
    const others = marketViews.filter((other) => other.tier === tier && other.scheme.view === scheme.view);
    expect(others.length).toBeGreaterThan(2);
    fc.assert(
      fc.property(arbitraryMarketPartition(scheme), (partition) => {
        for (const other of others) {
          const moved = other.scheme.format(scheme.parse(scheme.format(partition))!);
          expect(scheme.format(other.scheme.parse(moved)!)).toBe(scheme.format(partition));
        }
      }),
    );
  });
});
