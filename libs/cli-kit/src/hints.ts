import { isLakeError, type ErrorKind } from '@ticklake/core';
import type { App } from './command.js';

/** What to do about an error, in one sentence; `undefined` where the message says all there is to say. */
export type HintOf = (error: unknown) => string | undefined;

/** By kind: the last resort. What is wrong with an argument its message tells, and who cancelled knows. */
const KIND_HINTS: Readonly<Record<Exclude<ErrorKind, 'invalid' | 'cancelled'>, string>> = {
  missing: 'check the path or URL, and that it is the store you mean',
  busy: 'wait for the other run; one that died is taken over by itself',
  denied: 'check the credentials, and what they may do with this file or bucket',
  incomplete: 'run again when the inputs are there',
  unavailable: 'check the network, the disk and the service, then run again: nothing is left half done',
  conflict: 'somebody else wrote at the same time; run again',
  corrupt: 'get the file from where it came once more, or restore it',
};

/** By code, of the libraries below. */
const CODE_HINTS: Readonly<Record<string, string>> = {
  CHECKSUM:
    'the store gives other bytes than were written: restore the object, then look at the disk, the network and the service',
  CONDITIONS: 'use a store that honours conditional puts; `probe URL` shows what this one keeps',
  CONNECTION:
    'check the endpoint, the network and the name server, then run again: nothing is left half done',
  CREDENTIALS:
    'set the variables of the store, or mend its credentials file; `--print-config` shows what is set, secrets masked',
  ENDPOINT: 'write https://host, or http:// for this machine only',
  LEASE: 'wait for the other run; one that died is taken over by itself',
  LEASE_LOST:
    'the machine paused, or the store took no renewal for over a minute: run again when it is less busy',
  LOCKED:
    'look for a process that hangs in this directory; the lock of one that died is taken over by itself',
  MEMORY: 'give more with --memory, or fewer --workers',
  REDIRECT: 'set the region or the endpoint of the bucket in its URL',
  TIMEOUT: 'check the network and the service, then run again: nothing is left half done',
  UNKNOWN_OUTCOME: 'run again: it finds out what was written before it writes',
  URL: 'a store is a path, file://, s3://, r2://, gs:// or memory:',
};

/**
 * The hints of `app`: those it has for codes of its own, then those for codes of the libraries, then those for kinds. A bug has none.
 */
export function createHints({ name, hints = {} }: Pick<App, 'name' | 'hints'>): HintOf {
  const ofApp: Readonly<Record<string, string>> = {
    CONFIG: `${name} COMMAND --help tells what each flag takes, --print-config what is set and where`,
    USAGE: `${name} --help lists commands and flags`,
    ...hints,
  };
  return (error) => {
    if (!isLakeError(error)) return undefined;
    const { code = '', kind } = error;
    const byCode = [ofApp, CODE_HINTS].find((table) => Object.hasOwn(table, code))?.[code];
    return byCode ?? (kind === 'invalid' || kind === 'cancelled' ? undefined : KIND_HINTS[kind]);
  };
}

/** `text`, and below it the hint where there is one. */
export function withHint(text: string, hint: string | undefined): string {
  return hint === undefined ? text : `${text}\nhint: ${hint}`;
}
