import { attachArena } from '@ticklake/columnar';
import { assert, writeFailure } from '@ticklake/core';
import { createFreePlaces, type ThreadFailure } from '@ticklake/jobs';
import { readRowsInTurn } from '@ticklake/manifest';
import { openSpillFile } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../limits.js';
import { createEntryReader, type EntryReader } from '../tiers/tier3/read-entries.js';
import type { FromThread, ToThread } from './messages.js';
import { packRows } from './row-slots.js';

/** The thread's way to the run. */
export interface ThreadChannel {
  send(message: FromThread | ThreadFailure): void;
  onMessage(listener: (message: ToThread) => void): void;
}

type Request = Exclude<ToThread, { readonly type: 'free' }>;

/** Rows that are being made, and rows that wait: the run takes none while it makes a row group of those that it has. */
const SLOTS = 6;

/** Does its part of a day, in the order of what is asked for, until something fails or the thread is ended. */
export function serveDay(channel: ThreadChannel): void {
  const places = createFreePlaces(SLOTS);
  const slots = Array.from({ length: SLOTS }, () => new SharedArrayBuffer(0));
  let reader: EntryReader | undefined;
  let last = Promise.resolve();
  let hasFailed = false;

  channel.onMessage((message) => {
    if (message.type === 'free') places.free(message.slot);
    else last = last.then(() => perform(message));
  });

  async function perform(message: Request): Promise<void> {
    // The run ends this thread when it hears of a failure.
    if (hasFailed) return;
    try {
      await answer(message);
    } catch (error) {
      hasFailed = true;
      channel.send({ type: 'failed', failure: writeFailure(error) });
    }
  }

  async function answer(message: Request): Promise<void> {
    switch (message.type) {
      case 'day':
        reader = createEntryReader(message.options);
        return;
      case 'hour':
        assert(reader !== undefined, 'an hour is of a day');
        return readHour(reader, message.bytes);
      case 'file':
        return readFile(message);
    }
  }

  async function readHour(entries: EntryReader, bytes: Uint8Array): Promise<void> {
    for await (const rows of entries.read(bytes)) {
      const slot = await places.next();
      const packed = packRows(rows, slots[slot] as SharedArrayBuffer);
      slots[slot] = packed.memory;
      channel.send({ type: 'rows', slot, packed });
    }
    channel.send({ type: 'hour', damage: entries.damage, unknownKeys: entries.unknownKeys });
  }

  async function readFile({
    path,
    turns,
    lent,
  }: Extract<ToThread, { readonly type: 'file' }>): Promise<void> {
    const arena = attachArena(lent.memory, lent);
    const source = await openSpillFile(path);
    try {
      const read = await readRowsInTurn(source, turns, { arena, limits: PUBLISHED_LIMITS, exclude: [] });
      channel.send({ type: 'file', read });
    } finally {
      await source.close();
    }
  }
}
