import type { ByteSource } from '@ticklake/core';
import type { FileSystem, ObjectStore } from '@ticklake/storage';
import { checkAnyTime } from '../invariants.js';
import type { Reference } from '../reference.js';
import { readSnapshot } from '../snapshot.js';
import type { Party } from '../world.js';
import { brokenRecovery } from './recover.js';
import { isSpoolRead } from './change.js';
import type { Point, Strike } from './strike.js';

/** A bit flips on the way to the disk, once; the disk says that all is well. */
export const FLIPPED_WRITE: Strike = {
  name: 'flipped write',
  points: (reference) =>
    countsOf(
      reference,
      ({ on, name, path }) => on === 'disk' && name === 'write' && path.endsWith('-scratch'),
    ).flatMap((write) =>
      PLACES.map((place) => ({
        name: `a bit flips at ${place} of write ${write} to scratch`,
        run: () =>
          damaged(reference, (party) => ({
            ...party,
            fileSystem: flippedWrites(party.fileSystem, write, place),
          })),
      })),
    ),
};

/** A store keeps half of a data object, once, and says that all is well. */
export const SHORT_PUT: Strike = {
  name: 'short put',
  points: (reference) =>
    reference.world.name === 'disk'
      ? []
      : countsOf(reference, ({ name, path }) => name === 'put' && path.endsWith('.parquet')).map((put) => ({
          name: `the store keeps half of data object ${put} that is put`,
          run: () => half(reference, put),
        })),
};

/** A bit flips on the way from the spool, once: that condemns no file (invariant I18). */
export const FLIPPED_READ: Strike = {
  name: 'flipped read',
  points: (reference) =>
    countsOf(reference, isSpoolRead).map((read) => ({
      name: `a bit flips in read ${read} of the spool`,
      run: () => condemned(reference, read),
    })),
};

/** Shares of what is written, from its first bytes to its last. */
const PLACES = [0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99];

/** 1, 2, … for each operation of a kind. */
function countsOf(
  { operations }: Reference,
  isMeant: (operation: Reference['operations'][number]) => boolean,
): readonly number[] {
  return operations.filter(isMeant).map((_, i) => i + 1);
}

async function damaged(reference: Reference, damage: (party: Party) => Party): ReturnType<Point['run']> {
  const struck = reference.world.copy();
  await reference.scenario.act(damage(struck.enter('alive')));
  const broken = await checkAnyTime(struck.enter('alive'), reference.expected);
  return [...broken, ...(await brokenRecovery(reference, struck))];
}

/** Where a store has lied, half of an object lies under a name that is nobody's, and the next run may have to refuse it. */
async function half(reference: Reference, put: number): ReturnType<Point['run']> {
  const { scenario, world, expected } = reference;
  const struck = world.copy();
  const party = struck.enter('alive');
  await scenario.act({ ...party, compact: shortPuts(party.compact, put) });
  await scenario.act(party);
  const broken = await checkAnyTime(party, expected);
  return broken.filter((line) => !/\.parquet (finds|does not hold)/.test(line));
}

async function condemned({ scenario, world, expected }: Reference, read: number): ReturnType<Point['run']> {
  const struck = world.copy();
  const party = struck.enter('alive');
  await scenario.act({ ...party, raw: flippedReads(party.raw, read) });
  const { contents } = await readSnapshot(party.compact);
  const condemnedFiles = [...contents.keys()].filter((key) => key.startsWith('QUARANTINE/'));
  return condemnedFiles
    .filter((key) => !expected.after.contents.has(key))
    .map((key) => `a sound file is condemned: ${key}`);
}

function flipped(bytes: Uint8Array, place: number): Uint8Array {
  const copy = bytes.slice();
  const at = Math.floor(copy.length * place);
  copy[at] = (copy[at] ?? 0) ^ 4;
  return copy;
}

function flippedWrites(disk: FileSystem, number: number, place: number): FileSystem {
  let writes = 0;
  return {
    ...disk,
    owner: disk.owner,
    async open(path, mode) {
      const file = await disk.open(path, mode);
      if (!path.endsWith('-scratch')) return file;
      const write = (bytes: Uint8Array, position: number) =>
        file.write(++writes === number ? flipped(bytes, place) : bytes, position);
      return { ...file, write };
    },
  };
}

function shortPuts(store: ObjectStore, number: number): ObjectStore {
  let puts = 0;
  return {
    ...store,
    async put(key, body, options) {
      if (!key.endsWith('.parquet') || ++puts !== number) return store.put(key, body, options);
      const bytes = body instanceof Uint8Array ? body : await allOf(body);
      return store.put(key, bytes.slice(0, bytes.length >> 1), options);
    },
  };
}

function flippedReads(store: ObjectStore, number: number): ObjectStore {
  let reads = 0;
  const once = (bytes: Uint8Array) => (++reads === number ? flipped(bytes, 0.3) : bytes);
  return {
    ...store,
    async open(key) {
      const source = await store.open(key);
      return { ...source, read: async (...range) => once(await source.read(...range)) };
    },
    async get(key, into) {
      const { meta, bytes } = await store.get(key, into);
      return { meta, bytes: once(bytes) };
    },
  };
}

function allOf(source: ByteSource): Promise<Uint8Array> {
  return source.read(0, source.size);
}
