import { isLakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { readPublished } from '@ticklake/manifest';
import { DATA, partitionAt, sha256 } from '../crash/snapshot.js';

/** What readers found while a race went on. */
export interface ReaderReport {
  readonly reads: number;
  readonly torn: readonly string[];
}

/** Reads partitions over and over, by the rule and by the fixed name, and judges every byte. */
export function watchReaders(
  lake: ObjectStore,
  expected: ReadonlyMap<string, string>,
): { stop(): Promise<ReaderReport> } {
  let isStopped = false;
  let reads = 0;
  const torn: string[] = [];
  const judge = (key: string, bytes: Uint8Array, wanted: string | undefined) => {
    reads++;
    if (sha256(bytes) !== wanted) torn.push(`${key} is not complete`);
  };
  const look = async (directory: string, wanted: string) => {
    const published = await readPublished(partitionAt(lake, directory));
    if (published !== undefined)
      judge(directory, await published.data.read(0, published.data.size), published.manifest.sha256);
    judge(directory + DATA, (await lake.get(directory + DATA)).bytes, wanted);
  };
  const reading = (async () => {
    while (!isStopped) {
      for (const [directory, wanted] of expected) {
        await look(directory, wanted).catch((failure: unknown) => {
          // Not there yet, or replaced while it was read: ask again, as the rule says.
          if (!isLakeError(failure, 'missing') && !isLakeError(failure, 'conflict'))
            torn.push(String(failure));
        });
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return { reads, torn };
  })();
  return {
    stop() {
      isStopped = true;
      return reading;
    },
  };
}

/** Readers take turns with those who write, on a machine with few cores. */
const PAUSE_MS = 2;
