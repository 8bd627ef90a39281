import { isLakeError, LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import type { Condition, ObjectApi, RemoteObject, Stamp } from './object-api.js';
import { sendWithin, withRetry } from './decorators.js';
import { USUAL_REQUESTS } from './request-policy.js';
import type { Requests } from './requests.js';
import { settlePut } from './settle-put.js';

/** What becomes of one request to write, and of its answer. */
const ANSWERS = [
  'done',
  'done, answer lost',
  'done, said to be refused',
  'done, said to be denied',
  'not done, answer lost',
  'not done, race',
  'not done, lands before the next request',
] as const;
/** What somebody else does right after it. */
const RIVALS = ['nothing', 'puts', 'deletes'] as const;
/** What becomes of looking what is there. */
const LOOKS = ['told', 'failed'] as const;

interface Step {
  readonly answer: (typeof ANSWERS)[number];
  readonly rival: (typeof RIVALS)[number];
  readonly look: (typeof LOOKS)[number];
}

const STEPS: readonly Step[] = ANSWERS.flatMap((answer) =>
  RIVALS.flatMap((rival) => LOOKS.map((look) => ({ answer, rival, look }))),
);

const OURS: Stamp = { opId: 'ours', md5: '' };
const RIVAL: Stamp = { opId: 'rival', md5: '' };
const KEY = 'k';
const SIZE = 3;
const ATTEMPTS = 3;

/** A service with one object, where everything happens as `steps` say and, once they are over, as it should. */
function scripted(steps: readonly Step[], initial: RemoteObject | undefined) {
  let stored = initial;
  let version = 1;
  let landings = 0;
  let landing: (() => void) | undefined;
  let step: Step | undefined;
  let requests = 0;
  const queue = [...steps];
  const arrive = () => {
    requests++;
    landing?.();
    landing = undefined;
  };
  const put = (stamp: Stamp) => {
    stored = { key: KEY, size: SIZE, version: `${++version}`, modifiedAtMs: 0, stamp };
    if (stamp === OURS) landings++;
  };
  const holds = (onlyIf: Condition) =>
    onlyIf === undefined || (onlyIf === 'absent' ? stored === undefined : stored?.version === onlyIf.version);
  const refused = () => new LakeError('conflict', 'refused');
  const lost = () => new LakeError('unavailable', 'lost');

  const write = (onlyIf: Condition): RemoteObject => {
    arrive();
    step = queue.shift();
    const answer = step?.answer ?? 'done';
    const land = () => {
      if (!holds(onlyIf)) return false;
      put(OURS);
      return true;
    };
    let failure: LakeError | undefined;
    if (answer.startsWith('done')) {
      if (!land()) failure = refused();
      else if (answer === 'done, answer lost') failure = lost();
      else if (answer === 'done, said to be refused') failure = refused();
      else if (answer === 'done, said to be denied') failure = new LakeError('denied', 'denied');
    } else {
      failure = lost();
      if (answer === 'not done, lands before the next request') landing = () => void land();
    }
    const done = stored;
    if (step?.rival === 'puts') put(RIVAL);
    if (step?.rival === 'deletes') stored = undefined;
    if (failure !== undefined) throw failure;
    return done as RemoteObject;
  };
  const head = () => {
    arrive();
    if (step?.look === 'failed') throw lost();
    return stored;
  };
  return {
    write,
    head,
    get stored() {
      return stored;
    },
    get landings() {
      return landings;
    },
    get requests() {
      return requests;
    },
  };
}

async function settle(steps: readonly Step[], onlyIf: Condition, initial: RemoteObject | undefined) {
  const service = scripted(steps, initial);
  const api = { requests: { head: async () => service.head() } } as unknown as ObjectApi;
  const policy = { ...USUAL_REQUESTS, attemptsMax: ATTEMPTS };
  const patience = { policy, clock: fakeClock(0), random: () => 0 };
  const send = sendWithin(api, policy);
  // A lookup is made once, so that one step of the script is one lookup.
  const requests: Requests = { api, patience, send, sendOnce: send };
  const outcome = await settlePut(requests, { key: KEY, size: SIZE, onlyIf, stamp: OURS }, async () => {
    const { version } = service.write(onlyIf);
    return { version, modifiedAtMs: undefined };
  }).catch((error: unknown) => error);
  return { outcome, service };
}

/** Every script of two steps, and of three. */
function* scripts(): Generator<readonly Step[]> {
  for (const first of STEPS) {
    for (const second of STEPS) {
      yield [first, second];
      for (const third of STEPS) yield [first, second, third];
    }
  }
}

function violationOf(
  kind: string,
  steps: readonly Step[],
  onlyIf: Condition,
  { landings, requests, stored }: ReturnType<typeof scripted>,
): string | undefined {
  const hasRival = steps.some(({ rival }) => rival !== 'nothing');
  // A rival who deletes makes room for a second creation.
  const isRepeatable =
    onlyIf === undefined || (onlyIf === 'absent' && steps.some(({ rival }) => rival === 'deletes'));
  if (landings > 1 && !isRepeatable) return 'landed twice';
  if (requests > 3 * ATTEMPTS) return 'too many requests';
  if (kind === 'success') return landings > 0 ? undefined : 'a success that did not land';
  if (kind !== 'unavailable' && stored?.stamp === OURS) return 'a failure that stands';
  if (kind === 'conflict' && (onlyIf === undefined || !hasRival)) return 'a conflict that nobody caused';
  return undefined;
}

const INITIAL: RemoteObject = { key: KEY, size: 1, version: '1', modifiedAtMs: 0, stamp: RIVAL };

describe.each([
  ['creating', 'absent', undefined],
  ['replacing a version', { version: '1' }, INITIAL],
  ['replacing whatever is there', undefined, INITIAL],
] as [string, Condition, RemoteObject | undefined][])('%s', (_, onlyIf, initial) => {
  it('tells what became of it, whatever happens to requests and answers', async () => {
    const counts = { success: 0, conflict: 0, denied: 0, unavailable: 0 };
    const violations: string[] = [];
    for (const steps of scripts()) {
      const { outcome, service } = await settle(steps, onlyIf, initial);
      const kind = isLakeError(outcome) ? (outcome.kind as keyof typeof counts) : 'success';
      counts[kind]++;
      const violation = violationOf(kind, steps, onlyIf, service);
      if (violation !== undefined) violations.push(`${violation}: ${JSON.stringify(steps)}`);
    }
    expect(violations).toEqual([]);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(
      STEPS.length ** 2 * (STEPS.length + 1),
    );
    const isUnconditional = onlyIf === undefined;
    expect([counts.success > 0, counts.unavailable > 0, counts.conflict > 0]).toEqual([
      true,
      true,
      !isUnconditional,
    ]);
  });

  it('succeeds whenever nobody interferes and the last answer comes', async () => {
    const calm = STEPS.filter(({ rival, look }) => rival === 'nothing' && look === 'told');
    for (const first of calm) {
      for (const second of calm) {
        const { outcome, service } = await settle([first, second], onlyIf, initial);
        expect(outcome).toMatchObject({ stamp: OURS, size: SIZE });
        expect(service.stored?.stamp).toBe(OURS);
      }
    }
  });
});

it('says corrupt when the store holds another size', async () => {
  const { outcome } = await settle(
    [{ answer: 'done, answer lost', rival: 'nothing', look: 'told' }],
    'absent',
    undefined,
  );
  expect(outcome).toMatchObject({ size: SIZE });
  const service = scripted([], undefined);
  service.write('absent');
  const api = { requests: { head: async () => service.head() } } as unknown as ObjectApi;
  const patience = { policy: USUAL_REQUESTS, clock: fakeClock(0), random: () => 0 };
  const send = withRetry(sendWithin(api, USUAL_REQUESTS), patience);
  const requests: Requests = { api, patience, send, sendOnce: send };
  const settling = settlePut(requests, { key: KEY, size: 9, onlyIf: undefined, stamp: OURS }, () =>
    Promise.reject(new LakeError('unavailable', 'lost')),
  );
  await expect(settling).rejects.toMatchObject({ kind: 'corrupt', code: 'SIZE' });
});

it.each([
  ['a denial', new LakeError('denied', 'no')],
  ['a refusal', new LakeError('invalid', 'no')],
  ['a body that cannot be read', new Error('no bytes')],
])('after an unclear answer, %s is no verdict', async (_, refusal) => {
  const [service, lost] = [scripted([], undefined), new LakeError('unavailable', 'lost')];
  const api = {
    requests: { head: () => Promise.reject(new LakeError('denied', 'no')) },
  } as unknown as ObjectApi;
  const patience = { policy: USUAL_REQUESTS, clock: fakeClock(0), random: () => 0 };
  const send = sendWithin(api, USUAL_REQUESTS);
  const requests: Requests = { api, patience, send, sendOnce: send };
  let attempts = 0;
  const settling = settlePut(requests, { key: KEY, size: SIZE, onlyIf: 'absent', stamp: OURS }, async () => {
    if (++attempts > 1) throw refusal;
    service.write('absent');
    throw lost;
  });
  await expect(settling).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'UNKNOWN_OUTCOME',
    cause: refusal,
  });
  expect([service.landings, attempts]).toEqual([1, 2]);
});
