import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { PartitionScheme } from '../define-partition-scheme.js';

/** Round trip, prefix and rejection laws of one scheme, as tests. `partitions` makes values that it can write. */
export function describePartitionScheme<P extends object>(
  name: string,
  scheme: PartitionScheme<P>,
  partitions: fc.Arbitrary<P>,
): void {
  describe(`${name} (${scheme.template})`, () => {
    it('reads back what it wrote', () => {
      fc.assert(
        fc.property(partitions, (partition) => {
          expect(scheme.parse(scheme.format(partition))).toEqual(partition);
        }),
      );
    });

    it('writes different partitions differently', () => {
      fc.assert(
        fc.property(partitions, partitions, (a, b) => {
          expect(scheme.format(a) === scheme.format(b)).toBe(isDeepEqual(a, b));
        }),
      );
    });

    it('has a prefix, empty or a directory, of every path with the values known', () => {
      fc.assert(
        fc.property(partitions, fc.infiniteStream(fc.boolean()), (partition, choice) => {
          const entries = Object.entries(partition);
          const kept = [...choice.take(entries.length)];
          // Some of P's own entries, hence a Partial<P>.
          const known = Object.fromEntries(entries.filter((_, i) => kept[i])) as Partial<P>;
          const prefix = scheme.prefix(known);
          expect(prefix).toMatch(/^$|\/$/);
          expect(scheme.format(partition).startsWith(prefix)).toBe(true);
          const path = scheme.format(partition);
          expect(scheme.prefix(partition)).toBe(path.slice(0, path.lastIndexOf('/') + 1));
        }),
      );
    });

    it('writes relative paths that stay below their root', () => {
      fc.assert(
        fc.property(partitions, (partition) => {
          const segments = scheme.format(partition).replace(/\/$/, '').split('/');
          for (const segment of segments) expect(['', '.', '..']).not.toContain(segment);
        }),
      );
    });

    it('reads nothing that it would not have written', () => {
      fc.assert(
        fc.property(partitions, damage(), (partition, change) => {
          const path = change(scheme.format(partition));
          const read = scheme.parse(path);
          if (read !== undefined) expect(scheme.format(read)).toBe(path);
        }),
      );
    });
  });
}

/** A character put in, taken out or replaced somewhere in a path. */
function damage(): fc.Arbitrary<(path: string) => string> {
  const character = fc.oneof(
    fc.constantFrom('/', '.', '..', '=', '_', '-', '{', '%2e', '\n', '\0', ' ', '٣'),
    fc.string({ maxLength: 2 }),
  );
  return fc.tuple(fc.nat(), fc.nat({ max: 2 }), character).map(([place, removed, text]) => (path: string) => {
    const at = place % (path.length + 1);
    return path.slice(0, at) + text + path.slice(at + removed);
  });
}

function isDeepEqual(a: object, b: object): boolean {
  return JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
}
