import { assert } from '@ticklake/core';
import type { Piece } from '@ticklake/merge';
import { checkKeys, type RangeRows } from './check-keys.js';
import type { HelperAnswer } from './helper/messages.js';
import type { LaneRows, OnKeys } from './lane.js';
import type { OpenFile, Theirs } from './lanes.js';
import type { Work } from './merge-work.js';
import type { OpenFiles } from './open-files.js';
import type { CopyStep, OpenRows, RowsInput, RowsStep, Step } from './steps.js';

/** A stage that this thread has done. */
export interface Done {
  readonly theirs: Theirs;
  /** What is left to do when the helper has done it too. */
  readonly finish: Finish;
}

type Finish = (answer: HelperAnswer | undefined) => Promise<void>;

/** A stage that the helper, if there is one, has been given. */
export interface Begun {
  readonly theirs: Theirs;
  /** Does this thread's part. */
  doOwn(): Promise<Finish>;
}

/** Gives the helper its part of a stage. */
export type Begin = () => Promise<Begun> | Begun;

/** What a step is made of, one after another: each may be begun before this thread has done what comes before it in the step. */
export function stagesOf(work: Work, step: Step): readonly Begin[] {
  switch (step.kind) {
    case 'rows':
      return step.rowCounts.map((rowCount, i) =>
        i === 0 ? () => beginRows(work, step, rowCount) : () => beginMore(work, rowCount),
      );
    case 'encode':
      return [() => ({ theirs: work.lanes.startEncode(), doOwn: () => encodeOwn(work) })];
    case 'copy':
      return [() => beginCopy(work, step)];
  }
}

async function beginRows(work: Work, { runs, inputs, unseen }: RowsStep, rowCount: number): Promise<Begun> {
  const { lanes, options, open, unclosed } = work;
  const { own } = lanes;
  const sources = inputs.map(({ source }) => source);
  const encode = own.rowCount + rowCount === options.rowGroupRows;
  const drawn = own.drawnFrom(runs, { sourceCount: sources.length, rowCount });
  const read = drawn?.pieces.map(({ source }) => source) ?? runs.sources;
  const files = lanes.isShared ? await openFilesOf(open, read, inputs) : [];
  return {
    theirs: lanes.startGather(runs, { rowCount, drawn, encode, files }),
    async doOwn() {
      const { ended } = runs;
      const close = async (index: number) => {
        const source = sources[index] as OpenRows;
        unclosed.delete(source);
        await source.close();
      };
      // What the helper reads too stays open until it has.
      const onEnded = lanes.isShared ? undefined : close;
      const onKeys = unseen && checkOf(work, unseen);
      const rows = await own.gather(runs, sources, { rowCount, drawn, onKeys, onEnded });
      const finishGroup = encode ? await encodeOwn(work) : undefined;
      return async (answer) => {
        prove(work, { own: rows, answer, inputs });
        if (lanes.isShared) for (const index of ended) await close(index);
        await finishGroup?.(answer);
      };
    },
  };
}

/** Rows of the list that follow a row group. */
function beginMore(work: Work, rowCount: number): Begun {
  const { lanes, options } = work;
  const encode = rowCount === options.rowGroupRows;
  return {
    theirs: lanes.startMore({ rowCount, encode }),
    async doOwn() {
      lanes.own.gatherMore(rowCount);
      return encode ? encodeOwn(work) : () => Promise.resolve();
    },
  };
}

function checkOf(work: Work, pieces: readonly RangeRows[]): OnKeys {
  return (keys) => checkKeys(work.options.arena, work, { pieces, keys });
}

/** The files that rows of these sources come from, each once. */
async function openFilesOf(
  open: OpenFiles,
  sources: Iterable<number>,
  inputs: readonly RowsInput[],
): Promise<readonly OpenFile[]> {
  const files: OpenFile[] = [];
  const isSeen = new Uint8Array(inputs.length);
  for (const index of sources) {
    if (isSeen[index] === 1) continue;
    isSeen[index] = 1;
    const file = inputs[index]?.origin;
    assert(file !== undefined, 'what is shared comes straight from files');
    files.push({ file, reader: await open.reader(file) });
  }
  return files;
}

async function encodeOwn(work: Work): Promise<Finish> {
  const { lanes } = work;
  const { rowCount } = lanes.own;
  const chunks = await lanes.own.encode(work.numbers(rowCount));
  return (answer) => work.write(lanes.joinChunks(chunks, answer), rowCount);
}

function beginCopy(work: Work, { range, reader }: CopyStep): Begun {
  const { lanes, open } = work;
  const { own } = lanes;
  const { file, rowGroup, rowCount } = range;
  const check = checkOf(work, [{ range, rowsBefore: 0, rowCount }]);
  return {
    theirs: lanes.startCopy({ file, rowGroup, rowCount }, { file, reader }),
    async doOwn() {
      const { rows, chunks } = await own
        .copy({ reader, rowGroup, rowCount }, work.numbers(rowCount), check)
        .catch((error: unknown) => {
          throw open.named(file, error);
        });
      return async (answer) => {
        prove(work, { own: rows, answer, inputs: [{ origin: file }] });
        open.release(file);
        await work.write(lanes.joinChunks(chunks, answer), rowCount);
        work.copiedRows += rowCount;
      };
    },
  };
}

function prove({ proof, lanes }: Work, { own, answer, inputs }: Proved): void {
  if (proof === undefined) return;
  const { pieces, order } = own.gathered;
  const others = lanes.digestsOf(answer);
  assert(own.digests !== undefined, 'what is to be proved has been hashed');
  const only = order === 0 && pieces.length === 1 ? pieces[0] : undefined;
  const source = only && inputs[only.source]?.origin;
  if (others !== undefined && source !== undefined) return proof.pass(source, own.digests, others);
  const digests = others === undefined ? own.digests : lanes.own.join(own.digests, others);
  proof.take(byOrigin(pieces, inputs), digests);
  proof.give(order, digests);
}

/** Rows of both lanes. */
interface Proved {
  readonly own: LaneRows;
  readonly answer: HelperAnswer | undefined;
  readonly inputs: readonly Origin[];
}

type Origin = Pick<RowsInput, 'origin'>;

function* byOrigin(pieces: Iterable<Piece>, inputs: readonly Origin[]) {
  for (const { source, rowCount } of pieces) yield { source: inputs[source]?.origin, rowCount };
}
