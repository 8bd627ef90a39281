import { createArenaBuffer, type Arena, type Field, type RowDigests, type Schema } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { DrawnRows, RunList } from '@ticklake/merge';
import type { ColumnChunks, EncodingOptions, ParquetLimits, ParquetReader } from '@ticklake/parquet';
import type {
  FilePlace,
  GatherWork,
  HelperAnswer,
  HelperRequest,
  NumberedFile,
  RangePlace,
} from './helper/messages.js';
import type { Helper } from './helper/start-helper.js';
import { openLane, type Lane } from './lane.js';
import type { MergeFile } from './merge-file.js';
import { STAGES_UNDER_WAY } from './stages-under-way.js';
import { splitColumns, type SplitOptions } from './split-columns.js';

/** All columns on their way: in a lane of this thread and, where there is a helper, in another of its thread. */
export interface Lanes {
  /** This thread's. */
  readonly own: Lane;
  /** Whether a helper has a lane too. */
  readonly isShared: boolean;
  /** The next lists are of rows of these ranges. */
  setRanges(ranges: readonly RangePlace[]): void;
  /** Has the helper make ready what comes first of one of the ranges, whose rows some of the next list are. */
  startOpening(range: number, file: OpenFile): void;
  /**
   * Has the helper read the rows of a list, gather the first `rowCount` of them, and make a row group if `encode`; the list is not looked at
   * afterwards.
   */
  startGather(runs: RunList, work: ListWork): Theirs;
  /** Has it gather the next rows of the list. */
  startMore(work: GatherWork): Theirs;
  startEncode(): Theirs;
  startCopy(range: RangePlace & { readonly rowCount: number }, file: OpenFile): Theirs;
  /** The digests of a helper's columns, which those of this thread's are to be joined with. */
  digestsOf(theirs: HelperAnswer | undefined): RowDigests | undefined;
  /** The chunks of both, in order of the output's columns. */
  joinChunks(own: readonly ColumnChunks[], theirs: HelperAnswer | undefined): readonly ColumnChunks[];
  /** Waits for the helper to be done, and gives all memory back. */
  release(): Promise<void>;
}

/** How a list is gathered. */
export interface ListWork extends GatherWork {
  readonly drawn: DrawnRows | undefined;
  /** The files that its rows come from. */
  readonly files: readonly OpenFile[];
}

/** What a helper was asked for; `undefined` without one. */
export type Theirs = Promise<HelperAnswer> | undefined;

/** A file that this thread has open. */
export interface OpenFile {
  readonly file: number;
  readonly reader: ParquetReader;
}

/** How {@link openLanes} opens them. */
export interface LanesOptions {
  readonly arena: Arena;
  /** Columns that are gathered, in any order. */
  readonly schema: Schema;
  readonly orderBy: readonly Field[];
  /** Names of the output's columns in their order: those, and one that is given to {@link Lane.encode}. */
  readonly output: readonly Field[];
  readonly encoding: EncodingOptions;
  /** Columns left out of digests; `undefined`: there are none. */
  readonly exclude: readonly string[] | undefined;
  readonly limits: ParquetLimits;
  readonly windowBytes: number;
  readonly files: readonly MergeFile[];
  readonly uses: readonly number[];
  /** Where a helper is to take some of the columns. */
  readonly sharing: (Omit<SplitOptions, 'orderBy'> & { readonly helper: Helper }) | undefined;
}

/** Opens them. */
export async function openLanes(options: LanesOptions): Promise<Lanes> {
  const { arena, schema, output, encoding, exclude, sharing, orderBy } = options;
  const split = sharing && splitColumns(schema, { ...sharing, orderBy });
  const { own: fields, others } = split ?? { own: schema.fields, others: [] };
  const isGathered = ({ name }: Field) => schema.fields.some((field) => field.name === name);
  const more = output.filter((field) => !isGathered(field));
  const isShared = others.length > 0;
  const part = isShared ? 0 : undefined;
  const turns = isShared ? STAGES_UNDER_WAY : 1;
  const own = await openLane(arena, { fields, orderBy, more, encoding, exclude, part, turns });
  const remote =
    sharing !== undefined && isShared ? new RemoteLane(options, sharing.helper, others) : undefined;
  const names = [...fields, ...more, ...others].map(({ name }) => name);
  const order = output.map(({ name }) => names.indexOf(name));
  return {
    own,
    isShared,
    setRanges: (ranges) => void remote?.ask({ type: 'ranges', ranges }),
    startOpening: (range, file) => void remote?.ask({ type: 'open', range, files: remote.untold([file]) }),
    startGather: (runs, work) => remote?.gather(runs, work),
    startMore: (work) => remote?.ask({ type: 'more', ...work }),
    startEncode: () => remote?.ask({ type: 'encode' }),
    startCopy: ({ file, rowGroup, rowCount }, open) =>
      remote?.ask({ type: 'copy', range: { file, rowGroup }, rowCount, files: remote.untold([open]) }),
    digestsOf: (theirs) => theirs?.digests && { arena, ...theirs.digests },
    joinChunks(chunks, theirs) {
      const all = [...chunks, ...(theirs?.chunks ?? [])];
      assert(all.length === names.length, 'every column has been encoded');
      return order.map((column) => all[column] as ColumnChunks);
    },
    async release() {
      try {
        await remote?.close();
      } finally {
        own.release();
      }
    },
  };
}

/** The lane in a helper's thread. */
class RemoteLane {
  private readonly told = new Set<number>();
  /** Lists are copied, since the plan goes on while the helper is still at the last ones. */
  private readonly copies;
  private turn = 0;

  constructor(
    private readonly options: LanesOptions,
    private readonly helper: Helper,
    fields: readonly Field[],
  ) {
    const { encoding, exclude, uses, limits, windowBytes, arena } = options;
    this.copies = Array.from({ length: STAGES_UNDER_WAY }, () => createArenaBuffer(arena));
    void this.ask({ type: 'openLane', schema: { fields }, encoding, exclude, uses, limits, windowBytes });
  }

  /** Rejections are noticed when somebody waits for the answer. */
  ask(request: HelperRequest): Promise<HelperAnswer> {
    const answer = this.helper.ask(request);
    answer.catch(() => undefined);
    return answer;
  }

  gather(runs: RunList, { files, ...work }: ListWork): Promise<HelperAnswer> {
    const { rowCount, ended } = runs;
    // How a list is read says all of its runs.
    const placed = work.drawn === undefined ? this.copyOf(runs) : { runCount: 0, sources: 0, counts: 0 };
    const request = { type: 'gather', runs: { rowCount, ...placed, ended }, ...work } as const;
    return this.ask({ ...request, files: this.untold(files) });
  }

  private copyOf({ runCount, place }: RunList) {
    const { arena } = this.options;
    const size = runCount * 4;
    const sources = this.copies[this.turn++ % STAGES_UNDER_WAY]?.room(Math.max(2 * size, 1)) ?? 0;
    arena.move(place.sources, sources, size);
    arena.move(place.counts, sources + size, size);
    return { runCount, sources, counts: sources + size };
  }

  /** Where files are that the helper has not been told of. */
  untold(files: readonly OpenFile[]): readonly NumberedFile[] {
    const news = files.filter(({ file }) => !this.told.has(file));
    for (const { file } of news) this.told.add(file);
    return news.map((one) => ({ ...this.nameOf(one), place: this.placeOf(one) }));
  }

  async close(): Promise<void> {
    try {
      await this.ask({ type: 'closeLane' });
    } finally {
      for (const copy of this.copies) copy.release();
    }
  }

  private nameOf({ file }: OpenFile): Pick<NumberedFile, 'file' | 'name'> {
    return { file, name: (this.options.files[file] as MergeFile).name };
  }

  private placeOf({ file, reader }: OpenFile): FilePlace {
    const { arena, files } = this.options;
    const at = reader.bytes && arena.addressOf(reader.bytes);
    if (at !== undefined) return { at, sizeBytes: reader.bytes?.length ?? 0 };
    const place = files[file]?.place;
    assert(place !== undefined, 'a helper can find every file');
    return place;
  }
}
