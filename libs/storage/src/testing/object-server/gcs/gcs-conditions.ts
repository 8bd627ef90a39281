import type { Version } from '../bucket-store.js';
import type { Incoming } from '../exchange.js';
import { gcsRefusal } from './gcs-refusal.js';

/** What must hold of the live version. A part that is `undefined` was not asked for. */
export interface GcsConditions {
  /** 0 for none: there must be no object. */
  readonly generation: number | undefined;
  readonly notGeneration: number | undefined;
  readonly metageneration: number | undefined;
  readonly notMetageneration: number | undefined;
}

/** The conditions in the query of a request. @throws Refusal `invalid`. */
export function conditionsOf({ query, treatment }: Incoming): GcsConditions {
  const isHeeded = treatment.conditions === 'heeded';
  const condition = (name: string) => (isHeeded ? wholeNumber(query, name) : undefined);
  return {
    generation: condition('ifGenerationMatch'),
    notGeneration: condition('ifGenerationNotMatch'),
    metageneration: condition('ifMetagenerationMatch'),
    notMetageneration: condition('ifMetagenerationNotMatch'),
  };
}

/** Whether a write, or a delete of what is there, may go on. @throws Refusal `conditionNotMet`. */
export function checkChange(conditions: GcsConditions, live: Version | undefined): void {
  if (!isMatch(conditions, live) || !isOther(conditions, live)) throw gcsRefusal('conditionNotMet');
}

/** Whether a read of `live` goes on. @throws Refusal `conditionNotMet`. */
export function readVerdict(conditions: GcsConditions, live: Version): 'proceed' | 'notModified' {
  if (!isMatch(conditions, live)) throw gcsRefusal('conditionNotMet');
  return isOther(conditions, live) ? 'proceed' : 'notModified';
}

/** The number that a query holds. @throws Refusal `invalid`. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,16}$/.test(text)) throw gcsRefusal('invalid', `Invalid value for ${name}: ${text}`);
  return Number(text);
}

function isMatch({ generation, metageneration }: GcsConditions, live: Version | undefined): boolean {
  return (
    (generation === undefined || generation === (live?.generation ?? 0)) &&
    (metageneration === undefined || (live !== undefined && metageneration === METAGENERATION))
  );
}

function isOther({ notGeneration, notMetageneration }: GcsConditions, live: Version | undefined): boolean {
  return (
    (notGeneration === undefined || notGeneration !== (live?.generation ?? 0)) &&
    (notMetageneration === undefined || (live !== undefined && notMetageneration !== METAGENERATION))
  );
}

/** Metadata cannot be changed here, so it is always the first. */
const METAGENERATION = 1;
