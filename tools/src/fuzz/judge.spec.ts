import { LakeError } from '@ticklake/core';
import { hyparquetFlat } from './corpus/hyparquet-writer.js';
import { openTarget, type Target } from './corpus/target.js';
import { FIELD, readLayout, writeLayout, type PageLayout } from './format/file-layout.js';
import { repackPages } from './format/repack-pages.js';
import { setField, structOf, thriftInt, type ThriftStruct } from './format/thrift-tree.js';
import { judgeAttack, judgeMutant } from './judge.js';
import type { Mutation } from './mutate/mutation.js';
import type { WholeFile } from './read-whole-file.js';
import type { Trial } from './try-file.js';

const PLACE = { column: 'a', rowGroup: 0, page: 1, offset: 4 };
const mutation: Mutation = { name: 'x', weight: 1, apply: ({ target }) => target.bytes };

let sealed: Target;
let unsealed: Target;
beforeAll(async () => {
  const bytes = hyparquetFlat('plain', 'SNAPPY');
  unsealed = await openTarget({ name: 'unsealed', bytes });
  const repacked = repackPages(bytes, { codec: 'snappy' });
  sealed = await openTarget({ name: 'sealed', bytes: repacked });
});

/** Of a file that was read, copied and read again, each with the same rows. */
const values = (changes: Partial<WholeFile> = {}): Trial => {
  const file = { ...sealed.reference, ...changes };
  const reading = { kind: 'values', file, leakedBytes: 0 } as const;
  const copying = { kind: 'copy', rows: file, bytes: sealed.bytes, leakedBytes: 0 } as const;
  return { reading, copying, copyReading: reading };
};
const failure = (stage: 'footer' | 'pages', error: unknown): Trial => {
  const reading = { kind: 'failure', stage, error, leakedBytes: 0 } as const;
  return { reading, copying: reading, copyReading: undefined };
};
const corrupt = (details = {}) => new LakeError('corrupt', 'bad', { code: 'PAGE_CORRUPT', details });

describe('judging a mutant', () => {
  it('knows bases whose pages all have checksums', () => {
    expect([sealed.sealed, unsealed.sealed]).toEqual([true, false]);
    expect(sealed.reference).toEqual(unsealed.reference);
  });

  it('compares everything that was read with the reference', () => {
    const verdict = (file: Partial<WholeFile>) =>
      judgeMutant(values(file), { target: sealed, mutant: sealed.bytes, mutation }).verdict;
    expect(verdict({})).toBe('unaffected');
    expect(verdict({ rowCount: 1 })).toBe('wrong');
    expect(verdict({ schema: '[]' })).toBe('wrong');
    expect(verdict({ columns: sealed.reference.columns.with(2, 'other') })).toBe('wrong');
  });

  it('sets apart what no checksum of the format covers', () => {
    const verdict = (target: Target, mutant: Uint8Array, extra: Partial<Mutation> = {}) =>
      judgeMutant(values({ rowCount: 1 }), { target, mutant, mutation: { ...mutation, ...extra } }).verdict;
    const { bytes, layout, pages } = sealed;
    const [first, second] = layout.chunks[0]?.pages ?? [];
    if (first === undefined || second === undefined) throw new Error('there are two pages');
    const changed = (at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const swapped = bytes.slice();
    swapped.set(bytes.subarray(second.start, second.end), first.start);
    swapped.set(bytes.subarray(first.start, first.end), first.start + second.end - second.start);

    expect(verdict(sealed, changed(first.bodyStart))).toBe('wrong');
    expect(verdict(sealed, changed(pages.at(-1)?.start ?? 0))).toBe('wrong');
    expect(verdict(sealed, bytes.subarray(100))).toBe('wrong');
    expect(verdict(sealed, swapped)).toBe('wrong-moved');
    expect(verdict(sealed, changed(layout.footerStart))).toBe('wrong-footer');
    expect(verdict(unsealed, unsealed.bytes)).toBe('wrong-unsealed');
  });

  it('takes a header that lies, or a page that is lost, for damage to pages, though the footer is made to fit', () => {
    const verdict = (change: (pages: PageLayout[]) => void) => {
      const layout = readLayout(sealed.bytes);
      const pages = layout.chunks.map((chunk) => [...chunk.pages]);
      change(pages[0] ?? []);
      const mutant = writeLayout(layout, pages);
      const fitting: Mutation = { ...mutation, fitsFooter: true };
      return judgeMutant(values({ rowCount: 1 }), { target: sealed, mutant, mutation: fitting }).verdict;
    };
    expect(verdict((pages) => pages.pop())).toBe('wrong');
    expect(verdict((pages) => pages.push(...pages.slice(0, 1)))).toBe('wrong');
    const lie = (header: ThriftStruct | undefined) =>
      setField(
        structOf(header ?? { type: 'struct', fields: [] }, FIELD.page.v2) as ThriftStruct,
        4,
        thriftInt(5, 9),
      );
    expect(verdict((pages) => lie(pages[0]?.header))).toBe('wrong');
    expect(verdict((pages) => pages.reverse())).toBe('wrong-moved');
  });
});

describe('judging an error', () => {
  it.each([
    ['rejected', failure('footer', corrupt())],
    ['rejected', failure('pages', corrupt(PLACE))],
    ['unplaced', failure('pages', corrupt({ column: 'a', rowGroup: 0 }))],
    ['untyped', failure('footer', new RangeError('Invalid array length'))],
    ['untyped', failure('pages', new LakeError('corrupt', 'no code', { details: PLACE }))],
    ['untyped', failure('pages', new LakeError('invalid', 'bad', { code: 'X', details: PLACE }))],
    ['untyped', failure('pages', 'a string')],
  ] as const)('%s', (verdict, reading) => {
    expect(judgeAttack(reading).verdict).toBe(verdict);
  });
});

describe('judging a copy', () => {
  it.each([
    ['other rows go by', () => ({ copying: values({ rowCount: 1 }).copying })],
    ['the copy has other rows', () => ({ copyReading: values({ rowCount: 1 }).reading })],
    ['the copy is not read', () => ({ copyReading: failure('pages', corrupt(PLACE)).reading })],
    ['the copy was not read', () => ({ copyReading: undefined })],
    ['is copied but not read', () => ({ reading: failure('pages', corrupt(PLACE)).reading })],
    ['is read but not copied', () => ({ copying: failure('pages', corrupt(PLACE)).copying })],
  ] as const)('%s', (detail, changes: () => Partial<Trial>) => {
    const judged = judgeAttack({ ...values(), ...changes() });
    expect(judged).toEqual({ verdict: 'copy', detail: expect.stringContaining(detail) });
  });

  it('takes an error of copying for one like any other', () => {
    const { reading } = failure('pages', corrupt(PLACE));
    const { copying } = failure('pages', new RangeError('x'));
    expect(judgeAttack({ reading, copying, copyReading: undefined }).verdict).toBe('untyped');
  });
});

it('memory that was not given back is told before anything else', () => {
  const { reading, ...rest } = failure('pages', new RangeError('x'));
  const trial = { ...rest, reading: { ...reading, leakedBytes: 128 } };
  expect(judgeAttack(trial)).toMatchObject({
    verdict: 'leak',
    detail: expect.stringContaining('128') as string,
  });
});
