import type { UtcDay } from '@ticklake/core';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { orderedContent } from '../bench/ordered-hash.js';
import { combinations, COMPACTOR_FORMS, type CompactorForm } from './dimensions.js';
import type { Findings } from './findings.js';
import { differences, publishedBytes, type Run } from './published-bytes.js';
import { runCompactor } from './run-compactor.js';

/** What is compacted. */
export interface RawDay {
  readonly raw: string;
  readonly day: UtcDay;
  readonly partitionCount: number;
}

/** Compacts a day under each Node, in every way and form, and tells in what bytes or rows are not the same. */
export async function compareCompactor(
  nodes: ReadonlyMap<string, string>,
  { folder, rawDay }: { readonly folder: string; readonly rawDay: RawDay },
  onGroup: (line: string) => void,
): Promise<Findings> {
  const problems: string[] = [];
  const bytes = new Map<string, Run>();
  let rows: ReadonlyMap<string, string> | undefined;
  let runCount = 0;
  for (const form of COMPACTOR_FORMS) {
    const { runs, rowHashes } = await runForm(nodes, { folder, rawDay, form });
    const found = [...differences(runs)];
    rows ??= rowHashes;
    for (const [path, hash] of rowHashes) if (rows.get(path) !== hash) found.push(`${path}: other rows`);
    onGroup(`compactor, ${form.name}: ${runs.length} runs, ${found.length} problems`);
    problems.push(...found.map((one) => `${form.name}: ${one}`));
    runCount += runs.length;
    const [first] = runs;
    if (first !== undefined) bytes.set(form.name, first);
  }
  const [anew, copied] = ['snappy', 'snappy, pages copied'].map((name) => bytes.get(name));
  if (anew !== undefined && copied !== undefined && differences([anew, copied]).length === 0) {
    problems.push('no page was copied');
  }
  return { runs: runCount, problems };
}

async function runForm(
  nodes: ReadonlyMap<string, string>,
  {
    folder,
    rawDay,
    form,
  }: { readonly folder: string; readonly rawDay: RawDay; readonly form: CompactorForm },
): Promise<{ readonly runs: readonly Run[]; readonly rowHashes: ReadonlyMap<string, string> }> {
  const runs: Run[] = [];
  const rowHashes = new Map<string, string>();
  const compact = join(folder, 'compact');
  for (const [version, node] of nodes) {
    for (const { name, how } of combinations(form.dimensions)) {
      await runCompactor({ node, ...rawDay, compact, args: form.args, way: how });
      const run = { name: `Node ${version}, ${name}`, published: await publishedBytes(compact) };
      if (run.published.size !== rawDay.partitionCount) {
        throw new Error(
          `${run.published.size} of ${rawDay.partitionCount} partitions were published: ${run.name}`,
        );
      }
      if (runs.length === 0) {
        for (const path of run.published.keys())
          rowHashes.set(path, (await orderedContent(join(compact, path))).ordered);
      }
      runs.push(run);
      await rm(compact, { recursive: true });
    }
  }
  return { runs, rowHashes };
}
