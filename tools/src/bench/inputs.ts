import { parseUtcDay } from '@ticklake/core';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileSql, WALK_SQL } from '../foreign/day-sql.js';
import { writeForeignDay, type ForeignDayOptions } from '../foreign/foreign-day.js';
import { FOREIGN_STYLES, type ForeignStyleName } from '../foreign/foreign-style.js';
import { rewriteByHyparquet } from '../foreign/hyparquet-copy.js';
import { contentOf } from './ordered-hash.js';

/** A day to sort, as it is made. */
export interface InputSpec extends Pick<ForeignDayOptions, 'stream' | 'rows' | 'files' | 'shape'> {
  readonly overlapShare: number;
  readonly style: ForeignStyleName;
}

/** A day to sort, as it is on disk. */
export interface Input {
  readonly spec: InputSpec;
  /** The root of the spool. */
  readonly raw: string;
  /** The one partition below the root, as the compactor publishes it too. */
  readonly partition: string;
  /** The folder of that partition. */
  readonly files: string;
  readonly sizeBytes: number;
  /** What its rows add up to, whatever their order; see {@link contentOf}. */
  readonly content: string;
}

/** The day of every input. */
export const DAY = parseUtcDay('2026-02-03');
/** Input and two outputs of any style, so that a run does not fill the disk. */
const DISK_BYTES_PER_ROW = 60;

/** Where inputs are kept. */
export interface InputsOptions {
  readonly inputs: string;
  /** Is told when an input has to be made. */
  readonly say: (text: string) => void;
}

/**
 * The input that `spec` asks for, from the folder `inputs`, or made there.
 *
 * @throws Error when the disk has not room enough for it and for what is made of it.
 */
export async function prepareInput(spec: InputSpec, { inputs, say }: InputsOptions): Promise<Input> {
  const home = join(inputs, inputName(spec));
  const facts = join(home, 'input.json');
  if (!existsSync(facts)) {
    await requireRoom(spec, inputs);
    say(`making ${spec.rows} rows in ${spec.files} files, ${spec.shape}, ${spec.style}`);
    await rm(home, { recursive: true, force: true });
    const raw = join(home, 'raw');
    const paths = await writeInput(spec, raw);
    let sizeBytes = 0;
    for (const path of paths) sizeBytes += (await stat(path)).size;
    const content = await contentOf(dirname(paths[0] as string));
    // Last and at once: an input without its facts is made again.
    await writeFile(`${facts}.new`, JSON.stringify({ sizeBytes, content }));
    await rename(`${facts}.new`, facts);
  }
  const { sizeBytes, content } = JSON.parse(await readFile(facts, 'utf8')) as Pick<
    Input,
    'sizeBytes' | 'content'
  >;
  const partition = `exchange=binance/stream=${spec.stream}/symbol=btcusdt/date=20260203`;
  const raw = join(home, 'raw');
  return { spec, raw, partition, files: join(raw, partition), sizeBytes, content };
}

/** Raised by whoever changes how rows are spread over files, which the name of a cached input would not tell otherwise. */
const GENERATOR = '1';

/** Equal for equal rows in equal files: by what is asked for, how a row is made, {@link GENERATOR} and how the writer is told to write. */
export function inputName(spec: InputSpec): string {
  const range = { fromRow: 0, toRow: 1000, startMs: 0, endMs: 1000 };
  const sample = fileSql(spec.stream, { own: range, before: range, givesLate: true }, 0);
  const style = JSON.stringify(FOREIGN_STYLES[spec.style]);
  const made = createHash('sha256').update(WALK_SQL + sample + style + GENERATOR);
  const shape = `${spec.shape}-${Math.round(spec.overlapShare * 100)}`;
  return `${spec.stream}-${spec.rows}-rows-${spec.files}-files-${shape}-${spec.style}-${made.digest('hex').slice(0, 8)}`;
}

async function writeInput(spec: InputSpec, directory: string): Promise<readonly string[]> {
  const style = FOREIGN_STYLES[spec.style];
  const copyOptions = style.writer === 'duckdb' ? style.copyOptions : 'COMPRESSION snappy';
  const paths = await writeForeignDay({ ...spec, directory, day: DAY, copyOptions });
  if (style.writer === 'hyparquet') await rewriteByHyparquet(paths, style);
  return paths;
}

async function requireRoom({ rows }: InputSpec, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  const [freeGib, neededGib] = [bavail * bsize, rows * DISK_BYTES_PER_ROW].map((bytes) => bytes / 2 ** 30);
  if ((freeGib ?? 0) < (neededGib ?? 0)) {
    throw new Error(
      `${rows} rows need ${neededGib?.toFixed(1)} GiB of disk, of which ${freeGib?.toFixed(1)} are free`,
    );
  }
}
