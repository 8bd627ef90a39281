// `npm run determinism`: the same files, merged and compacted under several versions of Node and in every other way that
// must not change a byte, and the bytes compared.
import { errorText, parseUtcDay } from '@ticklake/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineFacts } from '../measure/machine-facts.js';
import { compareCompactor } from './compare-compactor.js';
import { compareMerges } from './compare-merges.js';
import { COMPACTOR_FORMS, dimensionsText, MERGE_DIMENSIONS, NODE_VERSIONS } from './dimensions.js';
import { installNode } from './install-node.js';
import { makeSpool } from './make-spool.js';

const DAY = parseUtcDay('2026-02-03');
const ROWS = 24_000;

const folder = await mkdtemp(join(tmpdir(), 'ticklake-determinism-'));
try {
  const nodes = await installNodes();
  if (nodes !== undefined) await compare(nodes);
} catch (error) {
  process.stderr.write(`${errorText(error)}\n`);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true });
}

/** `undefined` on a laptop without a registry; a skip is an error in CI. */
async function installNodes(): Promise<ReadonlyMap<string, string> | undefined> {
  const nodes = new Map<string, string>();
  try {
    for (const version of NODE_VERSIONS) nodes.set(version, await installNode(version));
    return nodes;
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    tell(`skipped, which CI does not allow: ${errorText(error)}`);
    return undefined;
  }
}

async function compare(nodes: ReadonlyMap<string, string>): Promise<void> {
  const merges = await compareMerges(nodes, folder, tell);
  const raw = join(folder, 'raw');
  const { partitionCount, rowCount } = await makeSpool(raw, { day: DAY, rows: ROWS });
  const rawDay = { raw, day: DAY, partitionCount };
  const compactions = await compareCompactor(nodes, { folder, rawDay }, tell);
  const problems = [...merges.problems, ...compactions.problems];
  problems.forEach(tell);
  tell(`Node ${[...nodes.keys()].join(' | ')}, by ${machineFacts()}`);
  tell(`merges: ${dimensionsText(MERGE_DIMENSIONS)}`);
  tell(`compactor: ${dimensionsText(COMPACTOR_FORMS[0]?.dimensions ?? [])}; ${rowCount} rows`);
  tell(`${merges.runs} merges, ${compactions.runs} runs of the compactor, ${problems.length} problems`);
  if (problems.length > 0) process.exitCode = 1;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
