import { isLakeError } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { basename, dirname, resolve } from 'node:path';

/** One name that a monitor watches, with a value or several told apart by labels. */
export interface Metric {
  /** Of the form `ticklake_compactor_rows`; the unit last. */
  readonly name: string;
  /** One sentence for people. */
  readonly help: string;
  readonly samples: readonly MetricSample[];
}

/** One value. */
export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * `metrics` as Prometheus reads them: text format 0.0.4. All are gauges: each run tells about itself, nothing adds up over runs. A metric
 * without samples is left out.
 */
export function metricsText(metrics: readonly Metric[]): string {
  const lines = metrics
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, help, samples }) => [
      `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
      `# TYPE ${name} gauge`,
      ...samples.map(({ labels, value }) => `${name}${labelsText(labels)} ${value}`),
    ]);
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * Writes `metrics` to the file `path` for the textfile collector of node_exporter, which wants its name to end in `.prom` (spec row OP-21).
 * The file is replaced in one step, so that nobody reads half of it; its directory is made where it is missing.
 *
 * @throws LakeError `denied` or `unavailable` when the disk refuses, `invalid` when `path` is no name for a file.
 */
export async function writeMetricsFile(path: string, metrics: readonly Metric[]): Promise<void> {
  const { store, key } = placeOf(path);
  await store.put(key, new TextEncoder().encode(metricsText(metrics)));
}

/**
 * The values without labels of the file `path`, by name: for what outlives a run that failed. Empty when the file is not there; lines
 * that are not such values are passed over, because the file may be of another version.
 *
 * @throws LakeError as {@link writeMetricsFile} does.
 */
export async function readMetricsFile(path: string): Promise<ReadonlyMap<string, number>> {
  const values = new Map<string, number>();
  for (const line of (await textAt(path)).split('\n')) {
    const [, name, value] = /^([a-zA-Z_:][\w:]*) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && Number.isFinite(Number(value))) values.set(name, Number(value));
  }
  return values;
}

async function textAt(path: string): Promise<string> {
  const { store, key } = placeOf(path);
  try {
    return new TextDecoder().decode((await store.get(key)).bytes);
  } catch (error) {
    if (isLakeError(error, 'missing')) return '';
    throw error;
  }
}

function placeOf(path: string) {
  const absolute = resolve(path);
  return { store: localStore(dirname(absolute)), key: basename(absolute) };
}

function labelsText(labels: MetricSample['labels']): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
