import { LakeError, writeFailure } from '@ticklake/core';
import type { ObjectMeta } from '@ticklake/storage';
import type { Question } from './ask-worker.js';
import type { CompactContext } from './compact-partition.js';
import { remoteReading } from './remote-reading.js';
import type { CompactTask } from './settings.js';
import type { WorkerAnswer } from './worker-messages.js';

/** What reading a file does to a worker: every time, or only with others before it. */
type Harm = 'kills' | 'kills among others' | 'is damaged';

/** Judges one by one as a worker does, and is lost over some files. Tells which lists it was asked for. */
function judging(harms: Readonly<Record<string, Harm>>) {
  const asked: string[] = [];
  const ask = ({ request, onFile }: Question): Promise<WorkerAnswer> => {
    if (request.type !== 'judge') throw new Error('nothing else is asked');
    const { sources } = request;
    asked.push(sources.map(({ key }) => key).join(''));
    const damages: { index: number; failure: ReturnType<typeof writeFailure>; rows: number }[] = [];
    for (const [index, { key }] of sources.entries()) {
      onFile(index);
      const harm = harms[key];
      if (harm === 'kills' || (harm === 'kills among others' && sources.length > 1)) {
        return Promise.reject(new LakeError('corrupt', 'crashed', { code: 'ISOLATION_CRASH' }));
      }
      if (harm === 'is damaged') {
        damages.push({
          index,
          rows: 5,
          failure: writeFailure(new LakeError('corrupt', 'bad', { code: 'BAD_MAGIC' })),
        });
      }
    }
    return Promise.resolve({ type: 'judged', damages });
  };
  return { ask, asked };
}

/** The damage among files a, b, c … as `key code`, and what workers were asked for. */
async function search(keys: string, harms: Readonly<Record<string, Harm>>) {
  const { ask, asked } = judging(harms);
  const sources = [...keys].map((key) => ({ key, size: 1 }) as ObjectMeta);
  const task = { key: { stream: 'bbo' }, sources } as unknown as CompactTask;
  const context = { signal: new AbortController().signal } as CompactContext;
  const damages = await remoteReading(ask).findDamage(task, context);
  return { found: damages.map(({ object, error }) => `${object.key} ${error.code}`), asked, damages };
}

describe('a partition over which workers are lost', () => {
  it('is searched file by file, and what is left is judged without the guilty', async () => {
    const { found, asked, damages } = await search('abcde', { b: 'kills', d: 'kills', e: 'is damaged' });
    expect(found).toEqual(['b ISOLATION_CRASH', 'd ISOLATION_CRASH', 'e BAD_MAGIC']);
    expect(asked).toEqual(['abcde', 'b', 'acde', 'd', 'ace']);
    expect(damages[0]?.error.details).toMatchObject({ file: 'b' });
  });

  it('has no guilty file where none repeats it alone, and is tried five times', async () => {
    const { found, asked } = await search('abc', { b: 'kills among others' });
    expect(found).toEqual([]);
    expect(asked).toEqual(['abc', 'b', 'abc', 'b', 'abc', 'b', 'abc', 'b', 'abc', 'b', 'abc']);
  });

  it('is not searched any further after five guilty files', async () => {
    const harms = Object.fromEntries([...'abcdefg'].map((key) => [key, 'kills'] as const));
    const { found, asked } = await search('abcdefgh', harms);
    expect(found).toEqual([...'abcde'].map((key) => `${key} ISOLATION_CRASH`));
    expect(asked.at(-1)).toBe('fgh');
  });

  it('all of whose files are guilty is left without any', async () => {
    const { found } = await search('ab', { a: 'kills', b: 'kills' });
    expect(found).toEqual(['a ISOLATION_CRASH', 'b ISOLATION_CRASH']);
  });
});
