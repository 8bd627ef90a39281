import { createArena } from '@ticklake/columnar';
import { writeFailure } from '@ticklake/core';
import { createFreePlaces, type FreePlaces, type ThreadFailure } from '@ticklake/jobs';
import { readOnly, withPrefix } from '@ticklake/storage';
import { openWritable } from '../open-stores.js';
import { openListed } from '../sources/open-source.js';
import type { RowsOfGroup } from '../sources/source-rows.js';
import { sharedClaims } from './claims.js';
import { createLaneWork, type LaneTools } from './lane-work.js';
import type { FromLane, LaneSetup, ToLane } from './messages.js';
import { fillSlot } from './row-slots.js';

/** A lane's way to the run. */
export interface LaneChannel {
  send(message: FromLane | ThreadFailure): void;
  onMessage(listener: (message: ToLane) => void): void;
}

/** Memory and stores of a thread's own. */
export function openLaneTools(setup: LaneSetup): LaneTools {
  const { dataUrl, outputUrl, outputPrefix, env, memoryBytes, scratchDirectory, tool } = setup;
  return {
    arena: createArena({ bytesMax: memoryBytes }),
    data: readOnly(openWritable(dataUrl, env)),
    output: withPrefix(openWritable(outputUrl, env), outputPrefix),
    ...{ scratchDirectory, tool },
  };
}

/** Does what the run asks for, one thing at a time, until the thread is ended. */
export function serveLane(channel: LaneChannel, tools: LaneTools): void {
  const doLaneWork = createLaneWork(tools);
  let running = new AbortController();
  let places = createFreePlaces(0);
  channel.onMessage((message) => {
    switch (message.type) {
      case 'free':
        return places.free(message.slot);
      case 'abort':
        return running.abort();
      case 'do': {
        running = new AbortController();
        const onRows = (rowsDone: number) => channel.send({ type: 'progress', rowsDone });
        const work = doLaneWork(message.request, { signal: running.signal, onRows });
        return void finish(work.then((answer) => ({ type: 'done', answer })));
      }
      case 'read': {
        places = createFreePlaces(message.slots.length);
        return void finish(readTo(message, { tools, places, channel }));
      }
    }
  });

  async function finish(work: Promise<FromLane>): Promise<void> {
    channel.send(await work.catch((error: unknown) => ({ type: 'failed', failure: writeFailure(error) })));
  }
}

/** What is not cut into row groups is one of which the end is not known. */
const WHOLE: RowsOfGroup = { rowGroup: 0, isLast: false };

async function readTo(
  { request, slots, claims: memory }: ToLane & { readonly type: 'read' },
  {
    tools,
    places,
    channel,
  }: { readonly tools: LaneTools; readonly places: FreePlaces; readonly channel: LaneChannel },
): Promise<FromLane> {
  const opened = await openListed(request, tools);
  const claims = sharedClaims(memory);
  const rowGroups = opened.rowGroups && claims.take(opened.rowGroups.length);
  for await (const { rowCount, columns, within = WHOLE } of opened.rows(rowGroups)) {
    const slot = await places.next();
    const nulls = fillSlot(slots[slot] as SharedArrayBuffer, columns);
    claims.send();
    channel.send({ type: 'rows', slot, rowCount, nulls, ...within, reading: opened.reading() });
  }
  return { type: 'read', reading: opened.reading() };
}
