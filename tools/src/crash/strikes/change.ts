import { checkAnyTime } from '../invariants.js';
import { littleSpool } from '../little-spool.js';
import { brokenProofs, type Reference } from '../reference.js';
import { readHashes, readSnapshot } from '../snapshot.js';
import type { Operation } from '../world.js';
import type { Strike } from './strike.js';

/**
 * A spool file is replaced while it is being read, as by an upload that was only ending: what is published then is of
 * the files as they are, or nothing is. After the last look at the spool nobody can know.
 */
export const CHANGE: Strike = {
  name: 'changed source',
  points: (reference) => {
    const { expected, operations, scenario } = reference;
    if (expected.before.published.size > 0 || scenario.failed !== undefined) return [];
    const reads = operations.map((operation) => isSpoolRead(operation));
    const last = reads.lastIndexOf(true);
    return operations.slice(0, last + 1).flatMap((operation, i) =>
      [...(expected.spool[0]?.keys() ?? [])].map((key) => ({
        name: `${key} changed before operation ${i + 1}, ${operation.name} ${operation.path}`,
        run: () => changeAt(reference, { at: i + 1, key }),
      })),
    );
  },
};

/** Whether bytes of a spool file are read: from a disk in pieces or as a whole, from a bucket at once. */
export function isSpoolRead({ name, path }: Operation): boolean {
  return ['read', 'readFile', 'get'].includes(name) && path.startsWith('/spool/');
}

async function changeAt(
  { scenario, world, expected }: Reference,
  { at, key }: { readonly at: number; readonly key: string },
): Promise<readonly string[]> {
  const struck = world.copy();
  const [bytes = new Uint8Array()] = (await littleSpool({ seed: 77, files: 1 })).values();
  let operations = 0;
  const ours = struck.enter('alive', async (_operation, work) => {
    if (++operations === at) await struck.enter('rival').raw.put(key, bytes);
    return work();
  });
  const first = await scenario.act(ours);
  const party = struck.enter('alive');
  const spool = [...expected.spool, await readHashes(party.raw)];
  const seen = await readSnapshot(party.compact);
  const broken = await checkAnyTime(party, { before: expected.before, after: seen, spool });
  if (first.failed > 0) await scenario.act(party);
  return [...broken, ...(await brokenProofs(party, await readSnapshot(party.compact)))];
}
