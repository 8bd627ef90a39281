import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { combinations, dimensionsText } from './dimensions.js';
import { differences, publishedBytes } from './published-bytes.js';

it('every variant is run with every other', () => {
  const dimensions = [
    { name: 'a', variants: [1, 2].map((a) => ({ name: `${a}`, how: { a } })) },
    { name: 'b', variants: ['x', 'y', 'z'].map((b) => ({ name: b, how: { b } })) },
  ];
  const combined = combinations<{ a: number; b: string }>(dimensions);
  expect(combined.map(({ how }) => `${how.a}${how.b}`)).toEqual(['1x', '1y', '1z', '2x', '2y', '2z']);
  expect(combined[3]?.name).toBe('a 2, b x');
  expect(dimensionsText<{ a: number; b: string }>(dimensions)).toBe('a 1 | 2; b x | y | z');
});

it('a byte, a missing file and one too many are differences', () => {
  const run = (name: string, files: Record<string, string>) => ({
    name,
    published: new Map(Object.entries(files)),
  });
  const first = run('first', { a: '1', b: '2' });
  expect(differences([first, run('same', { a: '1', b: '2' })])).toEqual([]);
  expect(differences([first, run('other', { a: '1', b: '3' })])).toEqual(['b: 3 by other, 2 by first']);
  expect(differences([first, run('less', { a: '1' })])).toEqual(['b: missing by less, 2 by first']);
  expect(differences([first, run('more', { a: '1', b: '2', c: '4' })])).toEqual([
    'c: 4 by more, missing by first',
  ]);
  expect(differences([])).toEqual([]);
});

it('what is published is every data.parquet, by its path and SHA-256', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticklake-published-'));
  try {
    await mkdir(join(folder, 'x'));
    await writeFile(join(folder, 'x', 'data.parquet'), 'abc');
    await writeFile(join(folder, 'x', 'meta.json'), '{}');
    expect([...(await publishedBytes(folder))]).toEqual([
      [join('x', 'data.parquet'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
