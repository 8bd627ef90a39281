import type { Arena } from '@ticklake/columnar';
import { assert, LakeError, startThread } from '@ticklake/core';
import { openThreadMail, type ThreadMail } from '@ticklake/jobs';
import type { ShreddedRows } from '@ticklake/jsonl';
import type { ReadRows, RowGroupTurns } from '@ticklake/manifest';
import type { ArchiveFile } from '../archive/archive-day.js';
import { getHour } from '../archive/read-hour.js';
import { TIER3_SCHEMA } from '../tiers/tier3/columns.js';
import type { DayHours, HourSource, OpenHour, ReadHours } from '../tiers/tier3/day-hours.js';
import type { FromThread, ToThread } from './messages.js';
import { createUnpacker } from './row-slots.js';

/** A second thread, which does its part of one day. */
export interface DayThread {
  /**
   * Reads hours in that thread, ahead of what is taken of them here.
   *
   * @throws LakeError likewise; `unavailable` (`THREAD_LOST`) when the thread has ended.
   */
  readonly readHours: ReadHours;
  /**
   * Reads row groups of a finished scratch file in that thread, in memory that the arena lends it meanwhile.
   *
   * @throws LakeError as `readRowsInTurn`; `unavailable` (`THREAD_LOST`) when the thread has ended.
   */
  readRows(arena: Arena, path: string, turns: RowGroupTurns): Promise<ReadRows>;
  /** Ends the thread, whatever it does. */
  close(): Promise<void>;
}

type Mail = Pick<ThreadMail<ToThread, FromThread>, 'post' | 'next'>;

/** Hours that are sent before their turn: the thread then has the next one when it is done with one. Of large ones, one. */
const AHEAD_MAX = 2;
const AHEAD_FILE_BYTES = 4 * 1024 * 1024;

/** Room for objects that were made last: the thread makes few, and V8 would take four times as much. */
const YOUNG_OBJECTS = { maxYoungGenerationSizeMb: 12 };

/** Starts one. `script` is the built file that it runs; only tests need to say. */
export function startDayThread(script = new URL('./day-thread.js', import.meta.url)): DayThread {
  const worker = startThread(script, { resourceLimits: YOUNG_OBJECTS });
  const mail = tellLoss(openThreadMail<ToThread, FromThread>(worker));
  return {
    readHours(source, options) {
      mail.post({ type: 'day', options });
      return readApart(mail, source);
    },
    async readRows(arena, path, turns) {
      const sizeBytes = Math.floor((arena.bytesMax - arena.usedBytes) / 2);
      const start = arena.alloc(sizeBytes);
      try {
        mail.post({
          ...{ type: 'file', path, turns },
          lent: { memory: arena.handle, start, end: start + sizeBytes },
        });
        const message = await mail.next();
        assert(message.type === 'file', 'a thread that reads a file tells what it came to');
        return message.read;
      } finally {
        arena.free(start);
      }
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** Mail that tells of a lost thread as what it is: nothing is wrong with what was to be read. */
function tellLoss(mail: ThreadMail<ToThread, FromThread>): Mail {
  return {
    post: mail.post,
    async next() {
      try {
        return await mail.next();
      } catch (error) {
        if (!mail.isLost || error instanceof LakeError) throw error;
        throw new LakeError('unavailable', 'the second thread of the export was lost', {
          code: 'THREAD_LOST',
          details: { reason: error instanceof Error ? error.message : String(error) },
          cause: error,
        });
      }
    },
  };
}

function readApart(mail: Mail, source: HourSource): DayHours {
  const unpack = createUnpacker(TIER3_SCHEMA);
  let unknownKeys: ReadonlyMap<string, number> = new Map();
  let damage: string | undefined;

  async function* rows(): AsyncGenerator<ShreddedRows> {
    for (;;) {
      const message = await mail.next();
      if (message.type === 'hour') {
        ({ damage, unknownKeys } = message);
        return;
      }
      assert(message.type === 'rows', 'a thread that reads an hour tells of rows');
      yield unpack(message.packed);
      mail.post({ type: 'free', slot: message.slot });
    }
  }

  async function* hours(): AsyncGenerator<OpenHour> {
    const sent = sendAhead(mail, source);
    try {
      for (const [i, file] of source.files.entries()) {
        yield { file, identity: await sent.take(i), rows, damage: () => damage };
      }
    } finally {
      await sent.settle();
    }
  }
  return { hours, unknownKeys: () => unknownKeys };
}

/** Gets hours and sends them to the thread, in their order, some before it is their turn. What fails is told of when it is. */
function sendAhead(mail: Mail, { archive, files }: HourSource) {
  const aheadMax = files.every(({ object }) => object.size <= AHEAD_FILE_BYTES) ? AHEAD_MAX : 1;
  const sent: Promise<HourIdentity>[] = [];
  // An hour is put where the one was that was read before those that are at hand.
  const rooms: Uint8Array[] = [];

  async function send(file: ArchiveFile, index: number): Promise<HourIdentity> {
    await sent[index - 1];
    const at = index % (aheadMax + 1);
    const room = roomFor(rooms[at], file.object.size);
    const { bytes, ...identity } = await getHour(archive, file, room);
    const shared = bytes.buffer === room.buffer ? bytes : copied(bytes, room);
    rooms[at] = new Uint8Array(shared.buffer);
    mail.post({ type: 'hour', bytes: shared });
    return identity;
  }
  return {
    /** What hour `index` is, once it was sent. */
    take(index: number): Promise<HourIdentity> {
      for (const file of files.slice(sent.length, index + 1 + aheadMax)) {
        const sending = send(file, sent.length);
        sending.catch(() => undefined);
        sent.push(sending);
      }
      return sent[index] as Promise<HourIdentity>;
    },
    /** Waits for what is under way. */
    async settle(): Promise<void> {
      await Promise.allSettled(sent);
    },
  };
}

/** `room`, or a larger one. */
function roomFor(room: Uint8Array | undefined, sizeBytes: number): Uint8Array {
  if (room !== undefined && room.length >= sizeBytes) return room;
  return new Uint8Array(new SharedArrayBuffer(Math.ceil(sizeBytes * 1.1)));
}

/** Not every store puts bytes where it is told to, and an hour may have grown since it was listed. */
function copied(bytes: Uint8Array, room: Uint8Array): Uint8Array {
  const shared = roomFor(room, bytes.length).subarray(0, bytes.length);
  shared.set(bytes);
  return shared;
}

type HourIdentity = OpenHour['identity'];
