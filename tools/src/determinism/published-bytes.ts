import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** SHA-256 of every `data.parquet` below a folder, by its path there. */
export type PublishedBytes = ReadonlyMap<string, string>;

/** A run, by what distinguishes it, and what it published. */
export interface Run {
  readonly name: string;
  readonly published: PublishedBytes;
}

/** What is published below `folder`. */
export async function publishedBytes(folder: string): Promise<PublishedBytes> {
  const names = await readdir(folder, { recursive: true });
  const found = new Map<string, string>();
  for (const name of names.filter((one) => /(^|[/\\])data\.parquet$/.test(one)).sort()) {
    found.set(
      name,
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex'),
    );
  }
  return found;
}

/** In what runs differ from the first of them, one line each. */
export function differences([first, ...others]: readonly Run[]): readonly string[] {
  if (first === undefined) return [];
  return others.flatMap(({ name, published }) => {
    const paths = [...new Set([...first.published.keys(), ...published.keys()])].sort();
    return paths
      .filter((path) => first.published.get(path) !== published.get(path))
      .map(
        (path) =>
          `${path}: ${published.get(path) ?? 'missing'} by ${name}, ${first.published.get(path) ?? 'missing'} by ${first.name}`,
      );
  });
}
