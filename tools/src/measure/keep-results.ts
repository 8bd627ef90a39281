import { dayOfMs, systemClock } from '@ticklake/core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Keeps `text` as what the tool `name` found today, in `tools/<name>/results/`, in place of what it found before today. */
export async function keepResults(name: string, title: string, text: string): Promise<void> {
  const day = dayOfMs(systemClock.nowMs());
  const folder = fileURLToPath(new URL(`../../${name}/results`, import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${day}.md`), `# ${title} of ${day}\n\n${text}`);
}
