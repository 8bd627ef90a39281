import { isLakeError } from '@ticklake/core';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectMeta, ObjectSource, ObjectStore } from '../../object-store.js';
import { memoryStore } from '../memory/index.js';
import { localStore } from './local-store.js';

const KEYS = ['a', 'b/x', 'b/y/z', 'b/y/w.parquet', 'b.c/é', 'c/😀', 'c/ｚ', '._hidden', 'b y/z'];
const PREFIXES = ['', 'b/', 'b/y/', 'c/', 'none/', 'a/'];

const operation = fc.oneof(
  fc.record({
    do: fc.constant('put' as const),
    key: fc.constantFrom(...KEYS),
    body: fc.uint8Array({ maxLength: 40 }),
    onlyIf: fc.constantFrom('always', 'absent', 'current', 'stale'),
  }),
  fc.record({ do: fc.constantFrom('delete', 'head', 'get', 'open'), key: fc.constantFrom(...KEYS) }),
  fc.record({ do: fc.constantFrom('list', 'children'), prefix: fc.constantFrom(...PREFIXES) }),
  fc.record({ do: fc.constant('read' as const), source: fc.nat(5), offset: fc.nat(45), length: fc.nat(45) }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** A store with what its user remembers: versions seen and sources opened. */
function user(store: ObjectStore) {
  const etags = new Map<string, string[]>();
  const sources: ObjectSource[] = [];
  /** Etags differ between stores, so a version is told by its number among those of its key. */
  const told = ({ key, size, etag }: ObjectMeta) => {
    const seen = etags.get(key) ?? [];
    etags.set(key, seen);
    if (!seen.includes(etag)) seen.push(etag);
    return { key, size, version: seen.indexOf(etag) };
  };

  const run = async (step: Operation): Promise<unknown> => {
    if (step.do === 'put') {
      const seen = etags.get(step.key) ?? [];
      const etag = (step.onlyIf === 'stale' ? seen[0] : seen.at(-1)) ?? 'never seen';
      const onlyIf = step.onlyIf === 'absent' ? 'absent' : { etag };
      return told(await store.put(step.key, step.body, step.onlyIf === 'always' ? {} : { onlyIf }));
    }
    if (step.do === 'read') return (await sources.at(step.source)?.read(step.offset, step.length))?.join();
    if ('prefix' in step) {
      if (step.do === 'children') {
        const { prefixes, objects } = await store.children(step.prefix);
        return { prefixes, objects: objects.map(told) };
      }
      const listed = [];
      for await (const meta of store.list(step.prefix)) listed.push(told(meta));
      return listed;
    }
    if (step.do === 'delete') return store.delete(step.key);
    if (step.do === 'get') {
      const { meta, bytes } = await store.get(step.key);
      return { ...told(meta), bytes: bytes.join() };
    }
    if (step.do === 'open') return told((sources[sources.length] = await store.open(step.key)).meta);
    const head = await store.head(step.key);
    return head === undefined ? undefined : told(head);
  };
  return (step: Operation) =>
    run(step).catch((error: unknown) => {
      if (isLakeError(error)) return `${error.kind} ${error.code}`;
      throw error;
    });
}

it('a local store does what a store in memory does, whatever is asked of it', async () => {
  const base = await mkdtemp(join(tmpdir(), 'ticklake-model-'));
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (steps) => {
        const local = user(localStore(join(base, String(runs++))));
        const memory = user(memoryStore());
        for (const step of steps) expect(await local(step)).toEqual(await memory(step));
      }),
      { numRuns: 200 },
    );
  } finally {
    await rm(base, { recursive: true });
  }
});
