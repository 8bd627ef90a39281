import { errorText, isLakeError } from '@ticklake/core';
import { hasMovedPages, keepsFooter, type Target } from './corpus/target.js';
import type { Mutation } from './mutate/mutation.js';
import type { Reading, WholeFile } from './read-whole-file.js';
import type { Trial } from './try-file.js';

/** What a damaged file came to. */
export type Verdict =
  /** Read as before. */
  | 'unaffected'
  /** A typed error. */
  | 'rejected'
  /** Other values and no error, from pages that all have checksums, under a whole footer. */
  | 'wrong'
  /** The same, where some page has no checksum. */
  | 'wrong-unsealed'
  /** The same, where the footer is damaged, which has no checksum by the format. */
  | 'wrong-footer'
  /** The same, where every page is whole and only its place is wrong, which no checksum of the format covers. */
  | 'wrong-moved'
  /** Copied otherwise than it is read: other rows went by, or the copy holds others, or only one of the two failed. */
  | 'copy'
  /** Memory of the arena that was not given back. */
  | 'leak'
  /** An error that is not a LakeError of kind `corrupt` with a code. */
  | 'untyped'
  /** A typed error from the first page on that does not say where. */
  | 'unplaced'
  /** No end in sight. */
  | 'hang'
  /** More memory than a reader may take. */
  | 'memory'
  /** The process ended. */
  | 'crash';

/** A verdict and what it rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The code of a typed error. */
  readonly code?: string | undefined;
  /** One line for a person. */
  readonly detail?: string | undefined;
}

/** Judges what came of a mutant of `target`. */
export function judgeMutant(
  trial: Trial,
  { target, mutant, mutation }: { target: Target; mutant: Uint8Array; mutation: Mutation },
): Judgement {
  const { reading } = trial;
  const defect = defectOf(trial);
  if (defect !== undefined) return defect;
  if (reading.kind === 'failure') return judgeFailure(reading);
  const difference = differenceOf(target.reference, reading.file);
  if (difference === undefined) return { verdict: 'unaffected' };
  if (mutation.fitsFooter !== true && !keepsFooter(target, mutant))
    return { verdict: 'wrong-footer', detail: difference };
  if (!target.sealed) return { verdict: 'wrong-unsealed', detail: difference };
  return { verdict: hasMovedPages(target, mutant) ? 'wrong-moved' : 'wrong', detail: difference };
}

/** Judges what came of a file that has no reference: `unaffected` means that it was read to its end. */
export function judgeAttack(trial: Trial): Judgement {
  const { reading } = trial;
  const defect = defectOf(trial);
  if (defect !== undefined) return defect;
  if (reading.kind === 'failure') return judgeFailure(reading);
  return { verdict: 'unaffected', detail: `rows=${reading.file.rowCount}` };
}

/** What must not be, whatever the file. */
function defectOf({ reading, copying, copyReading }: Trial): Judgement | undefined {
  const leaks = [reading, copying, copyReading].map((one) => one?.leakedBytes ?? 0);
  if (leaks.some((bytes) => bytes !== 0))
    return { verdict: 'leak', detail: `${leaks.join(', ')} bytes of reading, copying, reading the copy` };
  const failure = [reading, copying]
    .flatMap((one) => (one.kind === 'failure' ? [judgeFailure(one)] : []))
    .find(({ verdict }) => verdict !== 'rejected');
  return failure ?? copyDefectOf({ reading, copying, copyReading });
}

function copyDefectOf({ reading, copying, copyReading }: Trial): Judgement | undefined {
  const defect = (detail: string): Judgement => ({ verdict: 'copy', detail });
  if (copying.kind === 'failure') {
    if (reading.kind === 'failure') return undefined;
    return defect(`is read but not copied: ${textOf(copying.error)}`);
  }
  if (reading.kind === 'failure') return defect(`is copied but not read: ${textOf(reading.error)}`);
  const passed = differenceOf(reading.file, copying.rows);
  if (passed !== undefined) return defect(`other rows go by: ${passed}`);
  if (copyReading === undefined) return defect('the copy was not read');
  if (copyReading.kind === 'failure') return defect(`the copy is not read: ${textOf(copyReading.error)}`);
  const copied = differenceOf(copying.rows, copyReading.file);
  return copied === undefined ? undefined : defect(`the copy has other rows: ${copied}`);
}

function judgeFailure({ stage, error }: Extract<Reading, { kind: 'failure' }>): Judgement {
  const detail = textOf(error);
  if (!isLakeError(error, 'corrupt') || error.code === undefined) return { verdict: 'untyped', detail };
  const { code, details } = error;
  const placed =
    typeof details['column'] === 'string' &&
    ['rowGroup', 'page', 'offset'].every((name) => typeof details[name] === 'number');
  return { verdict: stage === 'pages' && !placed ? 'unplaced' : 'rejected', code, detail };
}

/** For what is not ours, the stack is what helps. */
function textOf(error: unknown): string {
  if (isLakeError(error)) return errorText(error);
  return error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`;
}

function differenceOf(reference: WholeFile, file: WholeFile): string | undefined {
  if (file.rowCount !== reference.rowCount) return `${file.rowCount} rows instead of ${reference.rowCount}`;
  if (file.schema !== reference.schema) return `schema ${file.schema}`;
  const at = reference.columns.findIndex((digest, i) => file.columns[i] !== digest);
  return at === -1 ? undefined : `values of column ${at}`;
}
