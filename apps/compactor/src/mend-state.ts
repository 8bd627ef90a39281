import { dayOfMs, compactDay, LakeError, type Clock, type UtcDay } from '@ticklake/core';
import { instantText, replaceDocument, selectDays, updateDocument, type FoundDocument } from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import { compareStates, type StateDifference } from './compare-states.js';
import { STATE_KEY, stateSchema, type State } from './documents.js';
import { rebuildState } from './rebuild-state.js';
import { applyChanges, casPatience, findState, ledgerOf, readState, stateProblem } from './state.js';

/** Where state is mended, and by whose clock. */
export interface MendContext {
  readonly compact: ObjectStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What {@link remakeState} found and did. */
export interface StateRemake {
  /**
   * `equal`: what stands there says the same, nothing was written. `written`: nothing stood there. `replaced`: what
   * stood there was kept elsewhere. `kept`: it differs, and was not to be replaced.
   */
  readonly outcome: 'equal' | 'written' | 'replaced' | 'kept';
  /** Why the document that stood there cannot be understood; absent when it can, or nothing stood there. */
  readonly problem: string | undefined;
  /** Empty also when there was nothing to compare with. */
  readonly differences: readonly StateDifference[];
  /** Published partitions that state can say nothing about; those whose `meta.json` is not ours. */
  readonly unreadable: readonly string[];
  /** Where the old bytes lie now. */
  readonly keptAs: string | undefined;
  readonly lastCompactedDay: string | null;
}

/**
 * Makes the state document again from every `meta.json` and the quarantine. One that says the same stays; one that
 * differs, or cannot be understood, is replaced only with `replace`, and its bytes are kept beside it. Keys that are
 * not ours survive where the document can be read. The result is unconfirmed: the next catch-up looks at every day
 * since the first.
 *
 * @throws LakeError `missing` when nothing is published or quarantined that state could be made from.
 * @throws LakeError `conflict` when somebody wrote the document meanwhile.
 */
export async function remakeState(
  { compact, clock, signal }: MendContext,
  { replace }: { readonly replace: boolean },
): Promise<StateRemake> {
  const now = instantText(clock.nowMs());
  const found = await findState(compact);
  const changes = await rebuildState(compact, signal);
  if (changes === undefined) throw nothingPublished();
  const rebuilt = applyChanges(foreignKeysOf(found?.document), changes, now);
  const differences = found?.document === undefined ? [] : compareStates(found.document, rebuilt);
  const told = {
    problem: found?.problem === undefined ? undefined : problemText(found.problem),
    differences,
    unreadable: changes.unreadable,
    keptAs: undefined,
  };
  if (found !== undefined && (isEqual(found, differences) || !replace)) {
    const outcome = isEqual(found, differences) ? 'equal' : 'kept';
    return { ...told, outcome, lastCompactedDay: found.document?.last_compacted_date ?? null };
  }
  const keepAs = `compacted/_state-${now.replaceAll(':', '-')}.json`;
  const written = await replaceDocument(compact, STATE_KEY, stateSchema, rebuilt, { found, keepAs });
  const lastCompactedDay = written.last_compacted_date ?? null;
  if (found === undefined) return { ...told, outcome: 'written', lastCompactedDay };
  return { ...told, outcome: 'replaced', keptAs: keepAs, lastCompactedDay };
}

/**
 * Sets the watermark by hand (spec row CM-21): the next catch-up begins with the day after `last`. Of a state that is
 * there already, and only with `replace`, all else stays: days it knows to be unfinished are tried again whatever the
 * watermark says.
 *
 * @throws LakeError `invalid` (`STATE_EXISTS`) when there is a state document and `replace` is off.
 * @throws LakeError `invalid` (`STATE`) when there is one that cannot be understood.
 * @throws LakeError `incomplete` (`TODAY`) or `invalid` (`FUTURE`) for a day that is not over.
 */
export async function seedState(
  { compact, clock }: Pick<MendContext, 'compact' | 'clock'>,
  { last, replace }: { readonly last: UtcDay; readonly replace: boolean },
): Promise<State> {
  // Refuses days that are not over.
  selectDays({ mode: 'single', day: last }, ledgerOf(undefined), dayOfMs(clock.nowMs()));
  await readState(compact);
  const seeded = (current: State | undefined): State => {
    if (current !== undefined && !replace) throw alreadyThere(current);
    const fresh: State = { version: 1, partitions: {}, days: {} };
    const last_compacted_date = compactDay(last);
    if (current?.last_compacted_date === last_compacted_date) return current;
    // Parsing puts the keys in the order of the schema.
    return stateSchema.parse({
      ...(current ?? fresh),
      last_compacted_date,
      updated_at: instantText(clock.nowMs()),
    });
  };
  return updateDocument(compact, STATE_KEY, stateSchema, seeded, casPatience(clock));
}

function isEqual({ document }: FoundDocument<State>, differences: readonly StateDifference[]): boolean {
  return document !== undefined && differences.length === 0;
}

/** What a document says that is not ours to make again. */
function foreignKeysOf(document: State | undefined): State {
  const { last_compacted_date: _date, unconfirmed: _flag, ...kept } = document ?? {};
  return { version: 1, ...kept, partitions: {}, days: {} };
}

function problemText(problem: LakeError): string {
  const { path, reason } = stateProblem(problem).details;
  return [path, reason].filter((part) => part !== undefined).join(': ');
}

function nothingPublished(): LakeError {
  const message =
    'nothing is published that state could be made from; `state seed --last YYYYMMDD` sets the watermark by hand';
  return new LakeError('missing', message, { code: 'STATE' });
}

function alreadyThere({ last_compacted_date = null }: State): LakeError {
  const message = 'there is a state document already; --yes sets the watermark of that one';
  return new LakeError('invalid', message, { code: 'STATE_EXISTS', details: { last: last_compacted_date } });
}
