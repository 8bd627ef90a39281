import { isLakeError, type Codec } from '@ticklake/core';
import fc from 'fast-check';
import { definePartitionScheme } from './define-partition-scheme.js';

const plain = (pattern: string): Codec<string> => ({
  pattern,
  parse: (text) => text,
  format: (text) => text,
});

/** Tiny languages, so that every path of a template can be written out. */
const FIELDS = {
  a: { codec: plain('[xy]{1,2}'), texts: ['x', 'y', 'xx', 'xy', 'yx', 'yy'] },
  b: { codec: plain('[x_]{1,2}'), texts: ['x', '_', 'xx', 'x_', '_x', '__'] },
  c: { codec: plain('(?:x|y_)'), texts: ['x', 'y_'] },
  d: { codec: plain('[xy_]'), texts: ['x', 'y', '_'] },
  e: { codec: plain('_?x'), texts: ['x', '_x'] },
} as const;
type Name = keyof typeof FIELDS;

describe('a template that is accepted', () => {
  it('writes no path twice and reads every path that it writes', () => {
    const piece = fc.constantFrom('{a}', '{b}', '{c}', '{d}', '{e}', '_', 'x', '/', '-');
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), (pieces) => {
        const template = pieces.join('').replace(/\/+/g, '/').replace(/^\//, '');
        fc.pre(/\{/.test(template));
        const names = [...new Set([...template.matchAll(/\{(\w)\}/g)].map(([, name]) => name as Name))];
        const scheme = defined(template);
        if (scheme === undefined) return;
        accepted++;
        const seen = new Map<string, string>();
        for (const partition of partitions(names)) {
          const path = scheme.format(partition);
          expect(seen.get(path)).toBeUndefined();
          seen.set(path, JSON.stringify(partition));
          expect(scheme.parse(path)).toEqual(partition);
        }
      }),
      { numRuns: 1000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

function defined(template: string) {
  const { a, b, c, d, e } = FIELDS;
  try {
    return definePartitionScheme<string, Record<string, Codec<string>>>(template, {
      a: a.codec,
      b: b.codec,
      c: c.codec,
      d: d.codec,
      e: e.codec,
    });
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}

function partitions(names: readonly Name[]): Record<string, string>[] {
  const [first, ...rest] = names;
  if (first === undefined) return [{}];
  return partitions(rest).flatMap((other) =>
    FIELDS[first].texts.map((text) => ({ [first]: text, ...other })),
  );
}
