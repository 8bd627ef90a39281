import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queryRows } from '../demo/query.js';
import { prepareInput, type InputSpec } from './inputs.js';
import { quotesDay } from './jobs/job.js';
import { measureRounds, type Entrant } from './measure-rounds.js';
import type { Program } from './programs.js';

const small: InputSpec = { ...quotesDay(20_000_000), rows: 4000, files: 4, overlapShare: 0.34 };
const ORDERED = 'ORDER BY ts_event, file_index, file_row_number';

describe('measureRounds', () => {
  let inputs: string;
  let folder: string;
  let ran: string[];
  let made: string[];
  beforeAll(async () => {
    inputs = await mkdtemp(join(tmpdir(), 'ticklake-inputs-'));
  });
  afterAll(() => rm(inputs, { recursive: true }));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ticklake-rounds-'));
    ran = [];
    made = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  const options = () => ({
    rounds: 2,
    inputs,
    scratch: folder,
    signal: new AbortController().signal,
    say: (text: string) => void (text.startsWith('making') && made.push(text)),
  });

  /** Sorts by DuckDB, and takes as long as it says. */
  function program(
    name: string,
    { order = ORDERED, seq = 'row_number() OVER () - 1', where = '', wallMs = 1 } = {},
  ): Program {
    return {
      variant: name,
      run: async ({ files }, own) => {
        ran.push(name);
        expect(await readdir(own)).toEqual([]);
        const output = join(own, 'output.parquet');
        await queryRows(`COPY (
          SELECT ts_event, ${seq} AS seq, * EXCLUDE (ts_event)
          FROM (SELECT * FROM read_parquet('${files}/*.parquet', hive_partitioning = false) ${where} ${order})
        ) TO '${output}' (FORMAT parquet)`);
        return { usage: { wallMs, cpuMs: 1, peakRssBytes: 1 }, output };
      },
    };
  }
  const entrant = (name: string, ...programs: [Program, ...Program[]]): Entrant => {
    return { name, input: small, programs };
  };

  it('runs all in turn, once more than is counted, on one input', async () => {
    const all = [
      entrant('a', program('a', { wallMs: 5 })),
      entrant('b', program('b')),
      entrant('c', program('c')),
    ];
    const found = await measureRounds(all, options());
    expect(ran.join('')).toBe('abcabcabc');
    expect(found.map(({ name, usages }) => [name, usages.length])).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 2],
    ]);
    expect(found[0]?.usages[0]?.wallMs).toBe(5);
    expect(found[0]?.outputBytes).toBeGreaterThan(1000);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps the fastest of several programs', async () => {
    const choices = [program('slow', { wallMs: 9 }), program('fast', { wallMs: 3 })] as const;
    const [found] = await measureRounds([entrant('a', ...choices)], options());
    expect(ran).toEqual(['slow', 'fast', 'slow', 'fast', 'fast', 'fast']);
    expect(found?.choice).toBe('fast 0.00 s, not slow 0.01 s');
  });

  it.each([
    ['has other rows', { where: 'WHERE file_index > 0' }],
    ['is not in order', { order: '' }],
    ['differs from others', { order: 'ORDER BY ts_event, file_index DESC, file_row_number DESC' }],
    ['differs from others', { seq: 'row_number() OVER ()' }],
  ])('says when one %s, before any round is counted', async (message, wrong) => {
    const all = [entrant('right', program('right')), entrant('wrong', program('wrong', wrong))];
    await expect(measureRounds(all, options())).rejects.toThrow(`wrong ${message}`);
    expect(ran).toEqual(['right', 'wrong']);
  });

  it('begins nothing more when it is stopped', async () => {
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(
      measureRounds([entrant('a', program('a'))], { ...options(), signal: stop.signal }),
    ).rejects.toThrow('stopped');
    expect(ran).toEqual([]);
  });

  it('takes an input that is there, and makes one that was not finished again', async () => {
    const own = { ...options(), inputs: join(folder, 'inputs') };
    const first = await prepareInput(small, own);
    await prepareInput(small, own);
    expect(made).toHaveLength(1);
    await rm(join(first.raw, '..', 'input.json'));
    const again = await prepareInput(small, own);
    expect(made).toHaveLength(2);
    expect(again).toEqual(first);
  });

  it('refuses what the disk has no room for', async () => {
    const huge = { ...small, rows: 1e15, files: 1e9 };
    await expect(prepareInput(huge, options())).rejects.toThrow('GiB of disk');
  });
});
