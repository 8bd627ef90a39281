import { assert } from '@ticklake/core';
import type { PublishRun } from '../partitions/publish-partition.js';
import { openListed, type ReadSource, type SourceRequest } from '../sources/open-source.js';
import { createLaneWork, type LaneAnswer, type LaneRequest, type LaneTools } from './lane-work.js';
import type { ThreadLane } from './start-lane.js';

/** A thread takes some hundredths of a second to start, and some tenths until it is as fast as the first. */
const ROWS_MIN = 400_000;
const SOURCE_BYTES_MIN = 8 * 1024 * 1024;

/** Where the work of a run is done: in this thread, and where there is much of it, in a second one. What comes of it does not depend on it. */
export interface Lanes {
  /** How many requests that have so many rows between them are done at once. */
  countFor(rowCount: number): number;
  /** Does what is asked for, in whichever lane has nothing to do: no more at once than {@link Lanes.countFor} says. */
  run<R extends LaneRequest>(request: R, run: PublishRun): Promise<LaneAnswer<R>>;
  /** Reads a source of so many bytes; one at a time, and before anything else is done. Its rows hold until the next are asked for. */
  read(request: SourceRequest, sizeBytes: number): ReadSource;
  /** Ends the second lane. */
  close(): Promise<void>;
}

/**
 * Lanes with the tools of this thread, and a second one.
 *
 * @param start - Starts the second lane, when it is wanted first; `undefined` where there is none.
 */
export function createLanes(
  tools: LaneTools,
  start: (() => ThreadLane) | undefined,
  { rowsMin = ROWS_MIN, sourceBytesMin = SOURCE_BYTES_MIN } = {},
): Lanes {
  const doLaneWork = createLaneWork(tools);
  let second: ThreadLane | undefined;
  let isFirstBusy = false;
  return {
    countFor: (rowCount) => (start === undefined || rowCount < rowsMin ? 1 : 2),
    async run(request, run) {
      if (isFirstBusy && start !== undefined) return (second ??= start()).run(request, run);
      isFirstBusy = true;
      try {
        return await doLaneWork(request, run);
      } finally {
        isFirstBusy = false;
      }
    },
    read(request, sizeBytes) {
      if (start === undefined || sizeBytes < sourceBytesMin) return readHere(request, tools);
      return (second ??= start()).read(request, tools);
    },
    async close() {
      await second?.close();
    },
  };
}

function readHere(request: SourceRequest, tools: LaneTools): ReadSource {
  let opened: ReadSource | undefined;
  return {
    async *rows() {
      opened = await openListed(request, tools);
      yield* opened.rows();
    },
    reading() {
      assert(opened !== undefined, 'a source is opened before it is known how it is read');
      return opened.reading();
    },
  };
}
