/**
 * Consecutive output rows as runs: run `i` is the next `counts[i]` rows of source number `sources[i]`. Neighbouring
 * runs have different sources and none is empty, so the list is also the shortest account of where rows came from.
 */
export interface RunList {
  readonly rowCount: number;
  readonly runCount: number;
  readonly sources: Uint32Array;
  readonly counts: Uint32Array;
}

/** A run list being built, of at most `rowsMax` rows. Internal. */
export interface RunBuilder {
  rowCount: number;
  runCount: number;
  sources: Uint32Array;
  counts: Uint32Array;
}

/** An empty builder. */
export function createRunBuilder(): RunBuilder {
  return { rowCount: 0, runCount: 0, sources: new Uint32Array(64), counts: new Uint32Array(64) };
}

/** Append `count` rows of `source`, extending the last run when it has the same source. */
export function pushRun(builder: RunBuilder, source: number, count: number): void {
  builder.rowCount += count;
  const last = builder.runCount - 1;
  if (last >= 0 && builder.sources[last] === source) {
    builder.counts[last] = (builder.counts[last] as number) + count;
    return;
  }
  if (builder.runCount === builder.counts.length) {
    builder.sources = doubled(builder.sources);
    builder.counts = doubled(builder.counts);
  }
  builder.sources[builder.runCount] = source;
  builder.counts[builder.runCount++] = count;
}

/** The list so far, in memory of its own; the builder starts over. */
export function finishRuns(builder: RunBuilder): RunList {
  const { rowCount, runCount } = builder;
  const runs = {
    rowCount,
    runCount,
    sources: builder.sources.slice(0, runCount),
    counts: builder.counts.slice(0, runCount),
  };
  builder.rowCount = 0;
  builder.runCount = 0;
  return runs;
}

function doubled(values: Uint32Array): Uint32Array {
  const larger = new Uint32Array(values.length * 2);
  larger.set(values);
  return larger;
}
