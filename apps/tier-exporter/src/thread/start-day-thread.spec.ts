import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ObjectStore } from '@ticklake/storage';
import { DAY, entryText, fillDay, hourBytes, putHour } from '../testing/archive.js';
import { ARENA, suiteDirectory, testContext } from '../testing/context.js';
import { failureOf, keysOf } from '../testing/exports.js';
import { exportDay, type ExportContext } from '../tiers/tier3/export-day.js';
import { startDayThread } from './start-day-thread.js';

/** The thread runs built code: a worker of its own knows nothing of how tests compile. */
const SCRIPT = new URL('../../dist/thread/day-thread.js', import.meta.url);

const directory = suiteDirectory();
let closed = 0;

afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** Days that are worth a second thread, which is closed whatever becomes of them. */
function inTwo(changes: Partial<ExportContext> = {}, script = SCRIPT): ExportContext {
  return testContext(directory, {
    ...changes,
    threadFor() {
      const thread = startDayThread(script);
      const close = async () => {
        await thread.close();
        closed++;
      };
      return { ...thread, close };
    },
  });
}

type Fill = (archive: ObjectStore) => Promise<void>;

const filled = async (context: ExportContext, fill: Fill) => {
  await fillDay(context.archive);
  await fill(context.archive);
  return context;
};

const entries = (hour: number, count: number) =>
  Array.from({ length: count }, (_, i) =>
    entryText(`${hour}-${i}`, { spot_prices: Array.from({ length: i % 50 }, () => ({ mid: i / 8 })) }),
  );

/** More than two row groups, whose ends are in the middle of hours and of batches; and an hour without entries. */
const large: Fill = async (archive) => {
  await putHour(archive, 0, hourBytes(...entries(0, 700)));
  await putHour(archive, 1, hourBytes(entryText('X', { novel: 1, meta: { schema_version: 7, more: {} } })));
  await putHour(archive, 2, hourBytes());
  await putHour(archive, 20, hourBytes(...entries(20, 600)));
};

const whole = hourBytes(entryText('A'), entryText('B'));

/** Hours that end before their end, each in another way. */
const damaged: Fill = async (archive) => {
  await archive.delete('20260115/03.jsonl.gz');
  const stored = gzipSync(`${entryText('A')}\n${entryText('B')}\n`, { level: 0 });
  await putHour(archive, 7, stored.subarray(0, stored.length - 30));
  await putHour(archive, 11, Buffer.concat([whole, Buffer.from('garbage')]));
};

describe('a second thread', () => {
  it.each<[string, Fill, Partial<ExportContext>]>([
    ['a large day', large, {}],
    ['a day that is not complete', damaged, { allowIncomplete: true }],
  ])('changes nothing of what is exported: %s', async (_, fill, changes) => {
    closed = 0;
    const [one, two] = [testContext(directory, changes), inTwo(changes)];
    const exported = [];
    for (const context of [one, two]) {
      const { local } = await exportDay(DAY, await filled(context, fill));
      const { bytes } = await context.output.get('2026-01-15/data.parquet');
      exported.push({ local, bytes: Buffer.from(bytes).toString('hex') });
    }
    expect(exported[1]).toEqual(exported[0]);
    expect(closed).toBe(1);
  });

  it.each<[string, Fill, Partial<ExportContext>]>([
    [
      'a line that is no entry',
      (archive) => putHour(archive, 5, hourBytes(entryText('A'), '{"symbol":')),
      {},
    ],
    [
      'of two bad hours, the first',
      async (archive) => {
        await putHour(archive, 5, hourBytes(entryText('A'), entryText('B').replace('1.25', '"1.25"')));
        await putHour(archive, 6, Buffer.from('text'));
      },
      {},
    ],
    ['an hour that is no gzip', (archive) => putHour(archive, 0, Buffer.from('text')), {}],
    ['hours that are being written', damaged, {}],
    [
      'a line that is no entry where damage is allowed',
      (archive) => putHour(archive, 23, hourBytes('{}')),
      { allowIncomplete: true },
    ],
  ])('tells of %s as one thread does, and publishes nothing', async (_, fill, changes) => {
    const failures = [];
    for (const context of [testContext(directory, changes), inTwo(changes)]) {
      const failure = await failureOf(await filled(context, fill));
      const { kind, code, message, details } = failure ?? {};
      failures.push({ kind, code, message, details });
      expect(await keysOf(context.output)).toEqual([]);
    }
    expect(failures[0]?.kind).toBeDefined();
    expect(failures[1]).toEqual(failures[0]);
  });

  it('tells of an hour that cannot be got when it is its turn', async () => {
    const refuse = (context: ExportContext, ...hours: string[]): ExportContext => ({
      ...context,
      archive: {
        ...context.archive,
        get: (key) =>
          hours.some((hour) => key.endsWith(hour))
            ? Promise.reject(new Error(`no ${key}`))
            : context.archive.get(key),
      },
    });
    const context = await filled(inTwo(), () => Promise.resolve());
    await expect(exportDay(DAY, refuse(context, '06.jsonl.gz', '07.jsonl.gz'))).rejects.toThrow(
      '06.jsonl.gz',
    );
    await putHour(context.archive, 5, hourBytes('{"symbol":'));
    const failure = await failureOf(refuse(context, '06.jsonl.gz'));
    expect(failure).toMatchObject({ code: 'JSON_SYNTAX', details: { file: '20260115/05.jsonl.gz' } });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const context = inTwo({ signal: stop.signal, onRows: () => stop.abort() });
    expect(await failureOf(await filled(context, large))).toMatchObject({ kind: 'cancelled' });
    expect(await keysOf(context.output)).toEqual([]);
  });

  it.each<[string, string]>([
    ['at once', 'process.exit(3)'],
    ['over an hour', "if (message.type === 'hour') throw new RangeError('out of memory')"],
    ['over the finished file', "if (message.type === 'file') process.exit(3)"],
  ])('that is lost fails the day, which can be exported again: %s', async (when, statement) => {
    closed = 0;
    const script = join(directory, `lost ${when}.mjs`);
    const body = when === 'at once' ? statement : `parentPort.on('message', (message) => { ${statement}; });`;
    writeFileSync(
      script,
      `import ${JSON.stringify(SCRIPT.href)}; import { parentPort } from 'node:worker_threads'; ${body}`,
    );
    const context = await filled(inTwo({}, new URL(`file://${encodeURI(script)}`)), large);
    expect(await failureOf(context)).toMatchObject({ kind: 'unavailable', code: 'THREAD_LOST' });
    expect(await keysOf(context.output)).toEqual([]);
    expect(closed).toBe(1);
    expect((await exportDay(DAY, { ...context, threadFor: () => undefined })).local.status).toBe('published');
  });
});
