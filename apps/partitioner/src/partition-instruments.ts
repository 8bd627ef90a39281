import { dayOfMs, LakeError, sha256Of, type UtcDay } from '@ticklake/core';
import { openParquet } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import type { InstrumentSource } from './availability/availability-content.js';
import { publishAvailability } from './availability/publish-availability.js';
import { instrumentRows, readInstruments, type InstrumentRow } from './instruments/index.js';
import { BATCH_ROWS, JSON_BYTES_MAX, PARQUET_LIMITS } from './limits.js';
import type { PublishedPartition } from './partitions/publish-collected.js';
import type { RunContext } from './run-context.js';
import { inFile, sourceChanged } from './sources/open-rows.js';
import type { SourceFile } from './sources/source-file.js';

/** Which instruments are published. */
export interface InstrumentsRequest {
  /** The day that they are of; today where it is left out. */
  readonly day: UtcDay | undefined;
  /** Whether they take the place of those that are published, rather than coming to them. */
  readonly overwrite: boolean;
}

/**
 * Publishes the instruments that exchanges name as those of a day (AP-03, AP-13, AP-31): all sources, or nothing.
 *
 * @throws LakeError `corrupt` for a source that cannot be read; as {@link publishAvailability}.
 */
export async function partitionInstruments(
  files: readonly SourceFile[],
  { day: given, overwrite }: InstrumentsRequest,
  { input, run }: { readonly input: ObjectStore; readonly run: RunContext },
): Promise<PublishedPartition> {
  const day = given ?? dayOfMs(run.clock.nowMs());
  const sources = new Map<string, InstrumentSource>();
  for (const file of files) {
    const source = await openInstruments(file, day, { input, run });
    const { name, sha256 } = source.identity;
    const twin = sources.get(sha256);
    if (twin === undefined) sources.set(sha256, source);
    else tellTwin(name, twin, run);
  }
  return publishAvailability([...sources.values()], { day, overwrite }, run);
}

/** Of several sources of the same bytes the first is taken. */
function tellTwin(file: string, { identity }: InstrumentSource, { onEvent }: RunContext): void {
  const message = 'a source has the same bytes as another, and is not taken twice';
  onEvent({ type: 'note', severity: 'warning', message, details: { file, twin: identity.name } });
}

async function openInstruments(
  { object, format }: SourceFile,
  day: UtcDay,
  { input, run }: { readonly input: ObjectStore; readonly run: RunContext },
): Promise<InstrumentSource> {
  const { key: name, size, etag } = object;
  const source = await input.open(name);
  if (source.meta.etag !== etag) throw sourceChanged(name);
  const sha256 = await sha256Of(source, run.signal);
  const rows = await inFile(name, async () => {
    if (format !== 'parquet') return jsonRows(object, day, { input, run });
    const reader = await openParquet({ source, arena: run.arena }, PARQUET_LIMITS);
    try {
      const all: InstrumentRow[] = [];
      for await (const batch of reader.batches({ rowsMax: BATCH_ROWS })) all.push(...instrumentRows(batch));
      return all;
    } finally {
      reader.close();
    }
  });
  return {
    identity: { name, size, sha256 },
    rows,
    async check() {
      if ((await input.head(name))?.etag !== etag) throw sourceChanged(name);
    },
  };
}

async function jsonRows(
  { key: file, size }: SourceFile['object'],
  day: UtcDay,
  { input, run }: { readonly input: ObjectStore; readonly run: RunContext },
): Promise<readonly InstrumentRow[]> {
  if (size > JSON_BYTES_MAX) {
    throw new LakeError('corrupt', 'a document of instruments is too long', {
      code: 'LIMIT',
      details: { file, size, bytesMax: JSON_BYTES_MAX },
    });
  }
  const { bytes } = await input.get(file);
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new LakeError('corrupt', 'a document of instruments is not JSON', {
      ...{ code: 'INSTRUMENTS', details: { file }, cause },
    });
  }
  const { instruments, leftOut } = readInstruments(document, { file, day });
  for (const { symbol, reason } of leftOut) {
    const details = { file, symbol, reason };
    run.onEvent({ type: 'note', severity: 'warning', message: 'an instrument is left out', details });
  }
  return instruments;
}
