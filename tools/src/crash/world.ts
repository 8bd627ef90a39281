import { localStore, type FileSystem, type ObjectStore } from '@ticklake/storage';
import {
  interceptFileSystem,
  interceptStore,
  powerCutFileSystem,
  type PowerCutFileSystem,
  type PowerCutLeaves,
} from '@ticklake/storage/testing';

/** `disk`: spool, lake and scratch on one disk. `bucket`: spool and lake in a store that outlives the machine. */
export type WorldName = 'disk' | 'bucket';

/** Something that a run asks of its surroundings: a system call, or a request to a store. */
export interface Operation {
  readonly on: 'disk' | 'bucket';
  readonly name: string;
  /** Of the file, or of the object with its root: `/spool/…`, `/lake/…`. */
  readonly path: string;
}

/** Decides how one operation runs; `half` does a part of it, where it is a write. */
export type Around = <T>(
  operation: Operation,
  work: () => Promise<T>,
  half: () => Promise<unknown>,
) => Promise<T>;

/** What one process has in its hands. */
export interface Party {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
  readonly fileSystem: FileSystem;
  readonly scratch: string;
}

/**
 * Who a process is to the others: one that lives, another that lives, or one that has died, whose locks and temporaries
 * nobody respects.
 */
export type Identity = 'alive' | 'rival' | 'dead';

/** A machine in memory with a spool and a lake, which many processes may enter, one after the other or at once. */
export interface World {
  readonly name: WorldName;
  enter(identity: Identity, around?: Around): Party;
  /** The world after the power failed and came back; nothing that was handed out before may be used in it. */
  afterPowerCut(leaves: PowerCutLeaves): World;
  /** Another world of the same content, versions of objects and all. */
  copy(): World;
  /** Paths of all files and links on the disks that a store or a sweep is responsible for, hidden ones too. */
  filesOf(party: Party): Promise<readonly string[]>;
}

const SPOOL = '/spool';
const LAKE = '/lake';

/** An empty world. */
export function createWorld(name: WorldName): World {
  return name === 'disk'
    ? diskWorld(powerCutFileSystem())
    : bucketWorld(powerCutFileSystem(), powerCutFileSystem());
}

function diskWorld(disk: PowerCutFileSystem): World {
  return {
    name: 'disk',
    enter(identity, around = passOn) {
      const fileSystem = watched(disk, identity, around);
      return {
        raw: localStore(SPOOL, { fileSystem }),
        compact: localStore(LAKE, { fileSystem }),
        fileSystem,
        scratch: `${LAKE}/.tmp-scratch`,
      };
    },
    afterPowerCut: (leaves) => diskWorld(disk.powerCut(leaves)),
    copy: () => diskWorld(disk.powerCut('everything')),
    filesOf: () => filesBelow(disk, LAKE),
  };
}

function bucketWorld(bucket: PowerCutFileSystem, disk: PowerCutFileSystem): World {
  const scratch = '/scratch';
  return {
    name: 'bucket',
    enter(identity, around = passOn) {
      const objects = (root: string) => ({
        ...interceptStore(localStore(root, { fileSystem: bucket }), ({ name, key }, work) =>
          around({ on: 'bucket', name, path: `${root}/${key}` }, work, work),
        ),
        isLocal: false,
      });
      return {
        raw: objects(SPOOL),
        compact: objects(LAKE),
        fileSystem: watched(disk, identity, around),
        scratch,
      };
    },
    afterPowerCut: (leaves) => bucketWorld(bucket.powerCut('everything'), disk.powerCut(leaves)),
    copy: () => bucketWorld(bucket.powerCut('everything'), disk.powerCut('everything')),
    filesOf: () => filesBelow(disk, scratch),
  };
}

function watched(disk: FileSystem, identity: Identity, around: Around): FileSystem {
  const { owner } = disk;
  const owners = {
    alive: { ...owner, instance: 'a1' },
    rival: { ...owner, instance: 'b2' },
    dead: { ...owner, startTicks: 'dead' },
  };
  return interceptFileSystem(disk, owners[identity], ({ name, path }, work, half) =>
    around({ on: 'disk', name, path }, work, half),
  );
}

const passOn: Around = (_operation, work) => work();

async function filesBelow(disk: FileSystem, directory: string): Promise<string[]> {
  const entries = await disk.readdir(directory).catch(() => []);
  const found: string[] = [];
  for (const { name, kind } of entries) {
    const path = `${directory}/${name}`;
    if (kind === 'directory') found.push(...(await filesBelow(disk, path)));
    else found.push(path);
  }
  return found.sort();
}
