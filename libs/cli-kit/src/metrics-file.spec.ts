import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsText, readMetricsFile, writeMetricsFile } from './metrics-file.js';
import { parseExposition } from './testing/index.js';

const ODD = 'back\\slash "quoted"\nsecond line, café';
const METRICS = [
  { name: 'a_rows', help: ODD, samples: [{ value: 1e21 }] },
  {
    name: 'a_partitions',
    help: 'By result.',
    samples: [
      { labels: { result: 'done', store: ODD }, value: 3 },
      { labels: { result: 'failed', store: '' }, value: -0.5 },
    ],
  },
  { name: 'a_none', help: 'Nothing is known.', samples: [] },
];

describe('metricsText', () => {
  it('reads back as it was, by the grammar of the format', () => {
    expect(parseExposition(metricsText(METRICS))).toEqual([
      { name: 'a_rows', type: 'gauge', help: ODD, samples: [{ labels: {}, value: 1e21 }] },
      { ...METRICS[1], type: 'gauge' },
    ]);
  });

  it('is nothing for nothing', () => expect(metricsText([])).toBe(''));
});

describe('a file', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'ticklake-metrics-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('is replaced as a whole, in a directory that is made, and nothing else stays there', async () => {
    const path = join(root, 'deep', 'down', 'run.prom');
    await writeMetricsFile(path, METRICS);
    await writeMetricsFile(path, METRICS.slice(0, 1));
    expect(readFileSync(path, 'utf8')).toBe(metricsText(METRICS.slice(0, 1)));
    expect(readdirSync(join(root, 'deep', 'down'))).toEqual(['run.prom']);
  });

  it('tells its values without labels, whatever else stands in it', async () => {
    const path = join(root, 'run.prom');
    expect(await readMetricsFile(path)).toEqual(new Map());
    writeFileSync(path, '# HELP x y\na 1\nb{c="d"} 2\nbroken\ne NaN\nf 1.5e3\ng 1 2\n\u0000');
    expect(await readMetricsFile(path)).toEqual(
      new Map([
        ['a', 1],
        ['f', 1500],
      ]),
    );
  });

  it('is refused where it cannot be', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(writeMetricsFile(join(root, 'file', 'x.prom'), METRICS)).rejects.toMatchObject({
      name: 'LakeError',
    });
    await expect(writeMetricsFile(join(root, '.tmp-x'), METRICS)).rejects.toMatchObject({ kind: 'invalid' });
  });
});
