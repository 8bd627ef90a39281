import type { Arena } from '@ticklake/columnar';
import { assert, bytesSource, LakeError, type ByteSource } from '@ticklake/core';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import { openStore, readOnly, USUAL_REQUESTS } from '@ticklake/storage';
import { openLane, type Lane } from '../lane.js';
import { createOpenFiles, type OpenFiles } from '../open-files.js';
import { rangeColumns, type RangeColumns } from '../range-source.js';
import { STAGES_UNDER_WAY } from '../stages-under-way.js';
import type { FilePlace, HelperAnswer, HelperRequest, NumberedFile } from './messages.js';

/** A lane that does what it is asked for, one request after another. */
export interface LaneHost {
  answer(request: HelperRequest): Promise<HelperAnswer>;
}

const NOTHING: HelperAnswer = { digests: undefined, chunks: undefined };

/** A host without a lane, in a thread's own part of a shared arena. A lane that failed fails until it is closed. */
export function createLaneHost(arena: Arena): LaneHost {
  let open: OpenLane | undefined;
  let failure: { readonly error: unknown } | undefined;
  const run = async (request: HelperRequest): Promise<HelperAnswer> => {
    if (request.type === 'openLane') {
      assert(open === undefined, 'one lane at a time is open');
      open = await openOthers(arena, request);
      return NOTHING;
    }
    if (request.type === 'closeLane') {
      failure = undefined;
      const closing = open;
      open = undefined;
      await closing?.release();
      return NOTHING;
    }
    // What was asked for before the failure was heard of would go on with columns of which some have no rows.
    if (failure !== undefined) throw failure.error;
    assert(open !== undefined, 'a lane is opened before it is used');
    return open.answer(request);
  };
  return {
    async answer(request) {
      try {
        return await run(request);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
  };
}

type OpenRequest = Extract<HelperRequest, { readonly type: 'openLane' }>;

async function openOthers(arena: Arena, request: OpenRequest): Promise<OpenLane> {
  const { schema, encoding, exclude } = request;
  const columns = { fields: schema.fields, orderBy: [], more: [], encoding, exclude };
  // The other thread still reads what came of one list while the next is gathered.
  const lane = await openLane(arena, { ...columns, part: 1, turns: STAGES_UNDER_WAY });
  return new OpenLane(arena, lane, request);
}

class OpenLane {
  private readonly places = new Map<number, FilePlace>();
  private readonly names = new Map<number, string>();
  private readonly files: OpenFiles;
  private ranges: readonly RangeColumns[] = [];

  constructor(
    private readonly arena: Arena,
    private readonly lane: Lane,
    private readonly request: OpenRequest,
  ) {
    this.files = createOpenFiles((file) => this.openFile(file), {
      uses: request.uses,
      nameOf: (file) => this.names.get(file) ?? '',
    });
  }

  async answer(
    request: Exclude<HelperRequest, { readonly type: 'openLane' | 'closeLane' }>,
  ): Promise<HelperAnswer> {
    switch (request.type) {
      case 'ranges':
        this.ranges = request.ranges.map((range) => rangeColumns(this.files, range));
        return NOTHING;
      case 'open':
        this.learn(request.files);
        await this.ranges[request.range]?.open(this.request.schema.fields.map(({ name }) => name));
        return NOTHING;
      case 'gather':
        this.learn(request.files);
        return this.gather(request);
      case 'more':
        this.lane.gatherMore(request.rowCount);
        return { digests: undefined, chunks: request.encode ? await this.lane.encode([]) : undefined };
      case 'encode':
        return { digests: undefined, chunks: await this.lane.encode([]) };
      case 'copy':
        this.learn(request.files);
        return this.copy(request);
    }
  }

  async release(): Promise<void> {
    await this.files.closeAll();
    this.lane.release();
  }

  private async gather({
    runs,
    rowCount: appended,
    drawn,
    encode,
  }: Extract<HelperRequest, { readonly type: 'gather' }>): Promise<HelperAnswer> {
    const { arena, lane, ranges } = this;
    const { rowCount, runCount, sources, counts, ended } = runs;
    const list = {
      rowCount,
      runCount,
      sources: arena.view(Uint32Array, sources, runCount),
      counts: arena.view(Uint32Array, counts, runCount),
      place: { sources, counts },
      ended,
    };
    const onEnded = (range: number) => ranges[range]?.close();
    const { digests } = await lane.gather(list, ranges, { rowCount: appended, drawn, onEnded });
    return { digests, chunks: encode ? await lane.encode([]) : undefined };
  }

  private async copy({
    range: { file, rowGroup },
    rowCount,
  }: Extract<HelperRequest, { readonly type: 'copy' }>): Promise<HelperAnswer> {
    const { files, lane } = this;
    const reader = await files.reader(file);
    try {
      const { rows, chunks } = await lane.copy({ reader, rowGroup, rowCount }, []);
      files.release(file);
      return { digests: rows.digests, chunks };
    } catch (error) {
      throw files.named(file, error);
    }
  }

  private learn(files: readonly NumberedFile[]): void {
    for (const { file, name, place } of files) {
      this.places.set(file, place);
      this.names.set(file, name);
    }
  }

  private async openFile(file: number): Promise<ParquetReader> {
    const place = this.places.get(file);
    assert(place !== undefined, 'a file is told before it is read');
    this.places.delete(file);
    const { limits, windowBytes } = this.request;
    const source = await this.openBytes(place);
    return openParquet({ source, arena: this.arena, wholeBytesMax: 0, windowBytes }, limits);
  }

  private async openBytes(place: FilePlace): Promise<ByteSource> {
    if ('at' in place) return bytesSource(this.arena.view(Uint8Array, place.at, place.sizeBytes));
    const source = await readOnly(openStore(place.storeUrl, { env: {}, requests: USUAL_REQUESTS })).open(
      place.key,
    );
    if (source.meta.etag === place.etag) return source;
    throw new LakeError('conflict', 'a file changed while it was merged', { details: { key: place.key } });
  }
}
