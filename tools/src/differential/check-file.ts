import { typeText } from '@ticklake/columnar';
import { errorText } from '@ticklake/core';
import { columnFacts, type ColumnFacts } from '../peers/column-facts.js';
import { fieldOf } from '../peers/column-type.js';
import type { TicklakeFile } from '../peers/read-ticklake.js';
import { PEERS, type Bench, type DifferentialPeer, type WrittenFile } from './bench.js';
import { countCopy, countFile } from './count-file.js';
import { firstDifference } from '../peers/first-difference.js';
import type { GeneratedFile } from './generated-file.js';
import { limitsOf } from '../peers/known-limits.js';
import { count, type Tally } from '../peers/tally.js';

/** One thing that our reader and a peer say differently, or that one of them fails at. */
export interface Difference {
  readonly index: number;
  readonly peer: DifferentialPeer | 'ticklake';
  readonly what: string;
}

/** What a file was checked with, and what it is counted in. */
interface Check {
  readonly bench: Bench;
  readonly tally: Tally;
}

/** Writes the file, reads it with everybody, copies it where it says so, and adds what was compared to `tally`. */
export async function checkFile(file: GeneratedFile, check: Check): Promise<readonly Difference[]> {
  const { index } = file;
  const { bench, tally } = check;
  let written: WrittenFile;
  let ours: TicklakeFile;
  try {
    written = await bench.write(file);
    ours = await bench.ours(written);
  } catch (error) {
    return [{ index, peer: 'ticklake', what: errorText(error) }];
  }
  const facts = columnFacts(file.fields, { writer: file.written.by, rowGroups: ours.rowGroups });
  countFile(tally, file, { facts, ours });
  const found: Difference[] = schemaDifferences(file, ours).map((what) => ({
    index,
    peer: 'ticklake',
    what,
  }));
  found.push(...(await comparePeers(PEERS, { ...check, written, facts, ours, counted: 'compared with' })));
  if (file.isCopied) found.push(...(await checkCopy({ ...check, written, facts, ours })));
  return found;
}

/** A file as everybody compared sees it. */
interface ReadFile extends Check {
  readonly written: WrittenFile;
  readonly facts: readonly ColumnFacts[];
  /** What the peers' values are held against. */
  readonly ours: TicklakeFile;
}

/** The copy has the values of the file itself, whoever reads it. */
async function checkCopy(original: ReadFile): Promise<readonly Difference[]> {
  const { bench, tally, written, facts, ours } = original;
  const { index } = written.file;
  let copy: WrittenFile;
  let read: TicklakeFile;
  try {
    copy = await bench.copy(written);
    read = await bench.ours(copy);
  } catch (error) {
    return [{ index, peer: 'ticklake', what: `copied: ${errorText(error)}` }];
  }
  countCopy(tally, read);
  const found: Difference[] = [];
  for (const column of facts) {
    const texts = { ours: read.columns[column.at] ?? [], theirs: ours.columns[column.at] ?? [] };
    const what = firstDifference(column, texts, []);
    if (what !== undefined) found.push({ index, peer: 'ticklake', what: `copied: ${what}` });
  }
  const peers = await comparePeers(['duckdb', 'hyparquet'], {
    ...original,
    written: copy,
    counted: 'copies compared with',
  });
  return [...found, ...peers.map((one) => ({ ...one, what: `copied: ${one.what}` }))];
}

async function comparePeers(
  peers: readonly DifferentialPeer[],
  { bench, tally, written, facts, ours, counted }: ReadFile & { readonly counted: string },
): Promise<readonly Difference[]> {
  const { index, rowCount } = written.file;
  const found: Difference[] = [];
  for (const peer of peers) {
    const columns = comparedColumns(peer, facts, tally);
    if (columns.length === 0) continue;
    try {
      const names = columns.map(({ field }) => field.name);
      const theirs = await bench.peers[peer](written, names);
      columns.forEach((column, i) => {
        count(tally, [`${counted} ${peer}`, 'columns']);
        count(tally, [`${counted} ${peer}`, 'values'], rowCount);
        const texts = { ours: ours.columns[column.at] ?? [], theirs: theirs[i] ?? [] };
        const what = firstDifference(column, texts, limitsOf(peer, column));
        if (what !== undefined) found.push({ index, peer, what });
      });
    } catch (error) {
      found.push({ index, peer, what: errorText(error) });
    }
  }
  return found;
}

/** The columns that no limit takes away from `peer`; every limit that applies is counted. */
function comparedColumns(
  peer: DifferentialPeer,
  facts: readonly ColumnFacts[],
  tally: Tally,
): readonly ColumnFacts[] {
  return facts.filter((column) => {
    const limits = limitsOf(peer, column);
    for (const { why, normalise } of limits) {
      count(tally, [normalise === undefined ? 'not compared' : 'compared in part', why]);
    }
    return limits.every(({ normalise }) => normalise !== undefined);
  });
}

/** Names, types and nullability that our reader sees otherwise than they were asked for. */
function schemaDifferences({ fields }: GeneratedFile, ours: TicklakeFile): readonly string[] {
  const text = ({ name, type, nullable }: TicklakeFile['fields'][number]) =>
    `${JSON.stringify(name)} ${typeText(type)}${nullable ? '?' : ''}`;
  const wanted = fields.map((field) => text(fieldOf(field)));
  const seen = ours.fields.map(text);
  if (seen.length !== wanted.length) return [`${seen.length} columns for ${wanted.length}`];
  return wanted.flatMap((one, i) => (one === seen[i] ? [] : [`${seen[i]} for ${one}`]));
}
