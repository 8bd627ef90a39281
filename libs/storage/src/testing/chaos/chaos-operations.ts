import { isLakeError } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '../../object-store.js';
import type { RequestEvent } from '../../remote/decorators.js';
import type { Dialect, StoredVersion } from '../object-server/index.js';

/** What an operation is tried on. */
export interface ChaosTools {
  /** The store under test, whose server fails as planned. */
  readonly store: ObjectStore;
  /** What its requests came to, so far. */
  readonly events: readonly RequestEvent[];
  /** What stood at `present` before. */
  readonly present: ObjectMeta;
  /** An older version of it. */
  readonly stale: ObjectMeta;
  /** What the server truly holds at a key. */
  stored(key: string): StoredVersion | undefined;
}

/** One operation of a store, which either does what it promises or fails. */
export interface ChaosOperation {
  readonly name: string;
  /** Whether it has to fail `conflict`. */
  readonly isRefused: boolean;
  /** What it writes, and where. */
  readonly writes?: { readonly key: string; readonly body: Uint8Array };
  /** Does it, and tells what is wrong with a result that claims success. */
  run(tools: ChaosTools): Promise<string | undefined>;
}

/** Read in one request. */
export const SMALL = Buffer.from('what stands at present');
/** Read in three requests of 256 KiB. */
export const MEDIUM = Buffer.alloc(600_000, 'medium ');
/** Written in two parts of 5 MiB, or in three of 256 KiB where the service takes such. */
const LARGE = { s3: 5 * 2 ** 20 + 100, r2: 5 * 2 ** 20 + 100, gcs: 600_000 } as const;
const NEW = Buffer.from('what is new');

/** What stands in the store before an operation. */
export const PREPARED: Readonly<Record<string, Uint8Array>> = {
  'list/a': Buffer.from('1'),
  'list/b': Buffer.from('2'),
  'list/c/d': Buffer.from('3'),
  'list/c/e': Buffer.from('4'),
  'list/f': Buffer.from('5'),
  medium: MEDIUM,
  present: SMALL,
};

const LISTED = Object.keys(PREPARED).filter((key) => key.startsWith('list/'));

/** Every operation of a store, and those that have to be refused. */
export function chaosOperations(dialect: Dialect): readonly ChaosOperation[] {
  const large = Buffer.alloc(LARGE[dialect], 'large ');
  return [
    put('put', 'new', NEW, () => undefined),
    put('create', 'new', NEW, () => 'absent'),
    put('create in parts', 'new', large, () => 'absent'),
    put('replace', 'present', NEW, ({ present }) => present),
    put('replace in parts', 'present', large, ({ present }) => present),
    refused(put('create what is there', 'present', NEW, () => 'absent')),
    refused(put('replace another version', 'present', NEW, ({ stale }) => stale)),
    reads('head', async ({ store, present }) => {
      const head = await store.head('present');
      return head?.size === SMALL.length && head.etag === present.etag
        ? undefined
        : 'head tells something else';
    }),
    reads('head of nothing', async ({ store }) =>
      (await store.head('absent')) === undefined ? undefined : 'head finds what is not there',
    ),
    reads('get', async ({ store }) => differs((await store.get('present')).bytes, SMALL)),
    reads('get in ranges', async ({ store }) => differs((await store.get('medium')).bytes, MEDIUM)),
    reads('read', async ({ store }) => {
      const source = await store.open('medium');
      return differs(await source.read(1000, 300_000), MEDIUM.subarray(1000, 301_000));
    }),
    reads('list', async ({ store }) => {
      const keys: string[] = [];
      for await (const { key } of store.list('list/')) keys.push(key);
      return keys.join() === LISTED.join() ? undefined : `listed ${keys.join()}`;
    }),
    reads('children', async ({ store }) => {
      const { prefixes, objects } = await store.children('list/');
      const keys = [...prefixes, ...objects.map(({ key }) => key)].join();
      return keys === 'list/c/,list/a,list/b,list/f' ? undefined : `told ${keys}`;
    }),
    reads('delete', async ({ store, stored }) => {
      await store.delete('present');
      return stored('present') === undefined ? undefined : 'what was deleted is there';
    }),
  ];
}

function put(
  name: string,
  key: string,
  body: Uint8Array,
  onlyIf: (tools: ChaosTools) => 'absent' | { readonly etag: string } | undefined,
): ChaosOperation {
  return {
    name,
    isRefused: false,
    writes: { key, body },
    async run(tools) {
      const condition = onlyIf(tools);
      await tools.store.put(key, body, condition === undefined ? {} : { onlyIf: condition });
      const stored = tools.stored(key);
      if (stored === undefined) return 'a success for what is not there';
      return differs(stored.bytes, body);
    },
  };
}

function refused(operation: ChaosOperation): ChaosOperation {
  return {
    ...operation,
    isRefused: true,
    async run(tools) {
      try {
        await operation.run(tools);
        return 'a condition that does not hold was taken';
      } catch (error) {
        if (isLakeError(error, 'conflict')) return undefined;
        throw error;
      }
    },
  };
}

function reads(name: string, run: ChaosOperation['run']): ChaosOperation {
  return { name, isRefused: false, run };
}

function differs(found: Uint8Array, expected: Uint8Array): string | undefined {
  return Buffer.compare(found, expected) === 0 ? undefined : 'other bytes than were written';
}
