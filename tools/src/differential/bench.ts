import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fieldOf } from '../peers/column-type.js';
import { copyTicklake } from '../peers/copy-ticklake.js';
import { openDuckDb, type DuckDb } from '../peers/open-duckdb.js';
import { plainText } from '../peers/plain-value.js';
import { readDuckDb } from '../peers/read-duckdb.js';
import { readHyparquet } from '../peers/read-hyparquet.js';
import { readTicklake, type ColumnTexts, type TicklakeFile } from '../peers/read-ticklake.js';
import { ticklakeColumn } from '../peers/ticklake-column.js';
import { writeDuckDb } from '../peers/write-duckdb.js';
import { writeHyparquet } from '../peers/write-hyparquet.js';
import { writeTicklake } from '../peers/write-ticklake.js';
import type { GeneratedFile } from './generated-file.js';

/** Whose word our reader's is held against, in the order reports show them. */
export const PEERS = ['written', 'duckdb', 'hyparquet'] as const;

/** One of {@link PEERS}. */
export type DifferentialPeer = (typeof PEERS)[number];

/** A file as it was written. */
export interface WrittenFile {
  readonly file: GeneratedFile;
  readonly bytes: Uint8Array;
}

/** What gives the columns called `names`, in the order of `names`. */
export type ReadColumns = (written: WrittenFile, names: readonly string[]) => Promise<ColumnTexts>;

/** What files are written and read with. One file at a time. */
export interface Bench {
  write(file: GeneratedFile): Promise<WrittenFile>;
  ours(written: WrittenFile): Promise<TicklakeFile>;
  /** The file that our sink makes of the file's row groups, page by page. */
  copy(written: WrittenFile): Promise<WrittenFile>;
  readonly peers: Readonly<Record<DifferentialPeer, ReadColumns>>;
  close(): Promise<void>;
}

/** A bench with a DuckDB and a temporary directory of its own. */
export async function openBench(): Promise<Bench> {
  const duckdb = await openDuckDb();
  const directory = await mkdtemp(join(tmpdir(), 'ticklake-differential-'));
  return {
    write: async (file) => ({ file, bytes: await writtenBytes(file, { duckdb, directory }) }),
    ours: ({ file, bytes }) => readTicklake(bytes, file.read),
    copy: async ({ file, bytes }) => ({ file, bytes: await copyTicklake(bytes, file.read) }),
    peers: {
      written: ({ file }, names) => Promise.resolve(names.map((name) => givenTexts(file, name))),
      duckdb: async ({ file, bytes }, names) => {
        const path = join(directory, `read-${file.index}.parquet`);
        writeFileSync(path, bytes);
        try {
          return await readDuckDb(duckdb, path, names);
        } finally {
          unlinkSync(path);
        }
      },
      hyparquet: ({ bytes }, names) => readHyparquet(bytes, names),
    },
    async close() {
      duckdb.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function writtenBytes(
  file: GeneratedFile,
  { duckdb, directory }: { duckdb: DuckDb; directory: string },
): Promise<Uint8Array> {
  const { written } = file;
  switch (written.by) {
    case 'duckdb': {
      const path = join(directory, `written-${file.index}.parquet`);
      await writeDuckDb(duckdb, file, { path, write: written.how });
      const bytes = readFileSync(path);
      unlinkSync(path);
      return bytes;
    }
    case 'hyparquet-writer':
      return writeHyparquet(file, written.how);
    case 'ticklake': {
      const columns = file.fields.map(({ type }, i) => ticklakeColumn(type, file.columns[i] ?? [], written));
      const schema = { fields: file.fields.map(fieldOf) };
      return writeTicklake({ schema, rowCount: file.rowCount, columns }, written.how);
    }
  }
}

/** What the writer was given. */
function givenTexts({ fields, columns }: GeneratedFile, name: string): readonly string[] {
  const at = fields.findIndex((field) => field.name === name);
  const field = fields[at];
  if (field === undefined) throw new Error(`no column ${name}`);
  return (columns[at] ?? []).map((value) => plainText(field.type, value));
}
