/** Nanoseconds of CPU per row of planning and gathering. Run after a build: node libs/merge/bench/plan-runs.bench.mjs */
import { gatherColumn, planRuns } from '@ticklake/merge';

const ROWS = 10_000_000;
const OUTPUT_ROWS = 1_000_000;
const PIECE_ROWS = 16_384;
const START = 1_700_000_000_000_000_000n;

/** Row i of all rows goes to source `place(i)`. */
function sourcesOf(count, place) {
  const rows = Array.from({ length: count }, () => []);
  for (let i = 0; i < ROWS; i++) rows[place(i)].push(i);
  return rows.map((of, s) => {
    const keys = BigInt64Array.from(of, (i) => START + BigInt(i) * 1000n);
    return {
      name: `s${s}`,
      rowCount: keys.length,
      lowerBound: keys.at(0),
      upperBound: keys.at(-1),
      async *keys() {
        for (let row = 0; row < keys.length; row += PIECE_ROWS) yield [keys.subarray(row, row + PIECE_ROWS)];
      },
      take: () => Promise.reject(new Error('only keys are measured')),
      close: () => Promise.resolve(),
      values: keys,
    };
  });
}

async function measure(name, sources) {
  const int64 = { kind: 'int', bits: 64, signed: true };
  const options = {
    orderKeys: 1,
    outputRows: OUTPUT_ROWS,
    openMax: 1000,
    signal: new AbortController().signal,
  };
  for (let round = 0; round < 3; round++) {
    const at = new Uint32Array(sources.length);
    let [planMs, gatherMs, runCount] = [0, 0, 0];
    const plan = planRuns(sources, options);
    for (;;) {
      const t0 = cpuMs();
      const { value: runs, done } = await plan.next();
      planMs += cpuMs() - t0;
      if (done) break;
      runCount += runs.runCount;
      const counts = new Map();
      runs.sources.forEach((s, i) => counts.set(s, (counts.get(s) ?? 0) + runs.counts[i]));
      const columns = new Map();
      for (const [s, n] of counts)
        columns.set(s, { layout: 'fixed', values: sources[s].values.subarray(at[s], (at[s] += n)) });
      const t1 = cpuMs();
      gatherColumn(int64, runs, columns);
      gatherMs += cpuMs() - t1;
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
const nearSorted = (i) => {
  const file = Math.floor((i * 700) / ROWS);
  return random() < 0.01 ? Math.min(file + 1, 699) : file;
};
await measure('700 files overlapping their neighbours in 1 % of rows', sourcesOf(700, nearSorted));
await measure(
  '700 files in sequence',
  sourcesOf(700, (i) => Math.floor((i * 700) / ROWS)),
);
await measure(
  '3 interleaved at random',
  sourcesOf(3, () => Math.floor(random() * 3)),
);
await measure(
  '256 interleaved at random',
  sourcesOf(256, () => Math.floor(random() * 256)),
);
await measure(
  '256 interleaved in turn',
  sourcesOf(256, (i) => i % 256),
);
