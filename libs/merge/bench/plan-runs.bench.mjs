/** Nanoseconds of CPU per row of planning and gathering. Run after a build: node libs/merge/bench/plan-runs.bench.mjs */
import { createArena } from '@ticklake/columnar';
import { createRowGatherer, planRuns } from '@ticklake/merge';

const ROWS = 10_000_000;
const OUTPUT_ROWS = 1_000_000;
const PIECE_ROWS = 16_384;
const ROUNDS = 3;
const START = 1_700_000_000_000_000_000n;
const INT64 = { kind: 'int', bits: 64, signed: true };
const SCHEMA = { fields: [{ name: 'ts_event', type: INT64, nullable: false }] };

/** Row i of all rows goes to source `place(i)`. Gives each source's keys, in the arena. */
function keysOf(arena, count, place) {
  const places = Uint16Array.from({ length: ROWS }, (_, i) => place(i));
  const counts = new Uint32Array(count);
  for (const source of places) counts[source]++;
  const keys = Array.from(counts, (rowCount) => {
    const at = arena.alloc(rowCount * 8);
    return { at, rowCount, values: arena.view(BigInt64Array, at, rowCount) };
  });
  const next = new Uint32Array(count);
  places.forEach((source, i) => (keys[source].values[next[source]++] = START + BigInt(i) * 1000n));
  return keys;
}

function sourceOf(arena, { at, rowCount, values }, index) {
  let taken = 0;
  return {
    name: `s${index}`,
    rowCount,
    lowerBound: values.at(0),
    upperBound: values.at(-1),
    async *keys() {
      for (let row = 0; row < rowCount; row += PIECE_ROWS) {
        yield { rowCount: Math.min(PIECE_ROWS, rowCount - row), first: at + row * 8, second: 0 };
      }
    },
    read(_, into, rows) {
      arena.move(at + taken * 8, into.valuesRoom(rows), rows * 8);
      into.putValues(rows, 0);
      taken += rows;
    },
    close: () => Promise.resolve(),
  };
}

async function measure(name, count, place) {
  const arena = createArena({ bytesMax: 2 ** 30 });
  const keys = keysOf(arena, count, place);
  const gatherer = createRowGatherer(arena, SCHEMA, { turns: 1 });
  const signal = new AbortController().signal;
  for (let round = 0; round < ROUNDS; round++) {
    const sources = keys.map((one, i) => sourceOf(arena, one, i));
    let [planMs, gatherMs, runCount] = [0, 0, 0];
    const plan = planRuns(sources, { arena, orderKeys: 1, outputRows: OUTPUT_ROWS, openMax: 1000, signal });
    for (;;) {
      const planned = cpuMs();
      const { value: runs, done } = await plan.next();
      planMs += cpuMs() - planned;
      if (done) break;
      runCount += runs.runCount;
      const gathered = cpuMs();
      await gatherer.add(runs, sources);
      gatherMs += cpuMs() - gathered;
      gatherer.clear();
    }
    const perRow = (ms) => ((ms * 1e6) / ROWS).toFixed(1);
    console.log(
      `${name}: plan ${perRow(planMs)} ns/row, gather int64 ${perRow(gatherMs)} ns/row, ${runCount} runs`,
    );
  }
}

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let seed = 1;
const random = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
const inSequence = (i) => Math.floor((i * 700) / ROWS);
await measure('700 files overlapping their neighbours in 1 % of rows', 700, (i) =>
  random() < 0.01 ? Math.min(inSequence(i) + 1, 699) : inSequence(i),
);
await measure('700 files in sequence', 700, inSequence);
await measure('3 interleaved at random', 3, () => Math.floor(random() * 3));
await measure('256 interleaved at random', 256, () => Math.floor(random() * 256));
await measure('256 interleaved in turn', 256, (i) => i % 256);
