import { assert, LakeError, readFailure } from '@ticklake/core';
import type { ObjectMeta } from '@ticklake/storage';
import type { Question } from './ask-worker.js';
import type { CompactContext } from './compact-partition.js';
import type { Damage } from './find-damage.js';
import { ISOLATION } from './limits.js';
import type { CompactTask } from './settings.js';
import type { SpoolReading } from './spool-reading.js';
import type { WorkerAnswer } from './worker-messages.js';
import { isIsolationError } from './worker-place.js';

type Ask = (question: Question) => Promise<WorkerAnswer>;

/** Reads by asking workers, which may be silent for `silenceMs`, and longer over large files. */
export function remoteReading(ask: Ask, silenceMs = Number.POSITIVE_INFINITY): SpoolReading {
  const patience = (objects: readonly ObjectMeta[]) =>
    silenceMs +
    (objects.reduce((most, { size }) => Math.max(most, size), 0) * 1000) / ISOLATION.bytesPerSecondMin;
  return {
    async compact(task, { createdAt, signal, onRows }) {
      const answer = unwrap(
        await ask({
          request: { type: 'compact', task, createdAt },
          silenceMs: patience(task.sources),
          ...{ signal, onRows, onFile: () => undefined },
        }),
      );
      assert(answer.type === 'compacted', 'a worker answers what it was asked');
      return answer.compacted;
    },
    findDamage: (task, context) =>
      findDamageApart(task.sources, (sources, onFile) =>
        judge(ask, { task, context, sources, silenceMs: patience(sources), onFile }),
      ),
  };
}

interface Judgement {
  readonly task: CompactTask;
  readonly context: CompactContext;
  readonly sources: readonly ObjectMeta[];
  readonly silenceMs: number;
  onFile(index: number): void;
}

async function judge(ask: Ask, { task, context, sources, silenceMs, onFile }: Judgement): Promise<Damage[]> {
  const request = { type: 'judge', stream: task.key.stream, sources } as const;
  const answer = unwrap(
    await ask({ request, silenceMs, signal: context.signal, onFile, onRows: () => undefined }),
  );
  assert(answer.type === 'judged', 'a worker answers what it was asked');
  return answer.damages.map(({ index, failure, rows }) => {
    const object = sources[index];
    const error = readFailure(failure);
    assert(object !== undefined && error instanceof LakeError, 'a worker judges what it was given');
    return { object, error, rows };
  });
}

type JudgeAll = (sources: readonly ObjectMeta[], onFile: (index: number) => void) => Promise<Damage[]>;

/**
 * What is damaged among `sources`, by workers that may be lost over it. The file that one is lost over is tried once more
 * alone, by another one: only when that is lost too, the file is to blame, and the others are judged without it.
 */
async function findDamageApart(
  sources: readonly ObjectMeta[],
  judgeAll: JudgeAll,
): Promise<readonly Damage[]> {
  const guilty: Damage[] = [];
  let rest = sources;
  for (let suspectCount = 0; ; suspectCount++) {
    const outcome = await attempt(rest, judgeAll);
    if ('damages' in outcome) return [...guilty, ...outcome.damages];
    const { suspect, error } = outcome;
    if (suspect === undefined) throw error;
    if (suspectCount === ISOLATION.suspectsMax) return guilty;
    const again = await attempt([suspect], judgeAll);
    if ('damages' in again) continue;
    guilty.push({ object: suspect, error: withFile(again.error, suspect), rows: null });
    rest = rest.filter((object) => object !== suspect);
    if (rest.length === 0) return guilty;
  }
}

type Outcome =
  | { readonly damages: readonly Damage[] }
  | { readonly suspect: ObjectMeta | undefined; readonly error: LakeError };

/** The damage, or the file over which the worker was lost. */
async function attempt(sources: readonly ObjectMeta[], judgeAll: JudgeAll): Promise<Outcome> {
  let suspect: ObjectMeta | undefined;
  try {
    return { damages: await judgeAll(sources, (index) => (suspect = sources[index])) };
  } catch (error) {
    if (!isIsolationError(error)) throw error;
    return { suspect, error };
  }
}

function withFile({ kind, message, code, details }: LakeError, { key }: ObjectMeta): LakeError {
  return new LakeError(kind, message, { code, details: { file: key, ...details } });
}

function unwrap(answer: WorkerAnswer): Exclude<WorkerAnswer, { readonly type: 'failed' }> {
  if (answer.type === 'failed') throw readFailure(answer.failure);
  return answer;
}
