import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBaseFiles } from './base-files.js';
import { mapTarget, openTarget, type Target } from './target.js';

const LIST = 'targets.json';

type Listed = Pick<Target, 'name' | 'reference'>;

/** Makes the base files, reads them, and leaves both in `folder` for the workers. */
export async function writeCorpus(folder: string): Promise<Target[]> {
  await mkdir(folder, { recursive: true });
  const targets: Target[] = [];
  for (const base of await makeBaseFiles()) {
    const target = await openTarget(base);
    await writeFile(join(folder, `${base.name}.parquet`), base.bytes);
    targets.push(target);
  }
  const listed: Listed[] = targets.map(({ name, reference }) => ({ name, reference }));
  await writeFile(join(folder, LIST), JSON.stringify(listed));
  return targets;
}

/** What {@link writeCorpus} left in `folder`. */
export async function readCorpus(folder: string): Promise<Target[]> {
  const listed = JSON.parse(await readFile(join(folder, LIST), 'utf8')) as Listed[];
  return Promise.all(
    listed.map(async ({ name, reference }) => {
      const bytes = new Uint8Array(await readFile(join(folder, `${name}.parquet`)));
      return mapTarget({ name, bytes }, reference);
    }),
  );
}
