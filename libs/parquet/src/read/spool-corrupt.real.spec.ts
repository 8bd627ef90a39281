import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { outcome } from '../spec-support/read-all.js';

const data = process.env.TICKLAKE_DATA;
const suite = data === undefined && process.env.CI === undefined ? describe.skip : describe;

/** What reading every column of a damaged spool file ends in, by the part of its name that tells the damage. */
const EXPECTED: readonly (readonly [string, string])[] = [
  ['._2024', 'BAD_MAGIC'],
  ['00-good', 'rows=3686'],
  ['01-truncated-half', 'TRUNCATED'],
  ['02-no-trailing-magic', 'TRUNCATED'],
  ['03-footer-len-huge', 'TRUNCATED'],
  ['04-footer-len-exceeds-file', 'TRUNCATED'],
  ['05-footer-len-zero', 'TRUNCATED'],
  ['06-footer-bitflip', 'THRIFT_ERROR'],
  ['07-page-header-garbage', 'THRIFT_ERROR'],
  ['08-snappy-body-garbage', 'SNAPPY_CORRUPT'],
  // The file has no CRC and the flipped bit leaves values within the statistics: nothing in it can tell.
  ['09-single-bit-in-page', 'rows=3686'],
  ['10-concatenated', 'METADATA'],
  ['11-zero-bytes', 'TRUNCATED'],
  ['12-magic-only', 'TRUNCATED'],
  ['13-par1par1', 'TRUNCATED'],
  ['14-bad-head-magic', 'BAD_MAGIC'],
  ['15-encrypted-magic', 'UNSUPPORTED'],
  ['16-trailing-garbage', 'TRUNCATED'],
  ['17-csv-renamed', 'BAD_MAGIC'],
  ['18-gzip-wrapped', 'BAD_MAGIC'],
  ['19-jsonl-renamed', 'BAD_MAGIC'],
  ['20-inprogress', 'TRUNCATED'],
];

suite('damaged spool files', () => {
  const directory = join(data ?? '', 'spool-corrupt/exchange=binance/stream=bbo/symbol=btcusdt');

  it('the table covers every file', () => {
    const names = readdirSync(directory);
    expect(names.map((name) => EXPECTED.filter(([part]) => name.includes(part)).length)).toEqual(
      names.map(() => 1),
    );
    expect(names).toHaveLength(EXPECTED.length);
  });

  it.each(EXPECTED)('%s: %s', async (part, expected) => {
    const name = readdirSync(directory).find((candidate) => candidate.includes(part)) ?? '';
    expect(await outcome(readFileSync(join(directory, name)))).toBe(expected);
  });
});
