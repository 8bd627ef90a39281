import { dayOfMs, systemClock } from '@ticklake/core';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../bench/results', import.meta.url));

/**
 * Keeps `sections` as a file of today's, beside those that are there: the second of a day ends in `-2`.
 *
 * @returns Its path.
 */
export async function writeResults(sections: readonly string[], folder = FOLDER): Promise<string> {
  const day = dayOfMs(systemClock.nowMs());
  const text = `${[`# Benchmark of ${day}`, ...sections].join('\n\n')}\n`;
  await mkdir(folder, { recursive: true });
  for (let number = 1; ; number++) {
    const path = join(folder, `${day}${number === 1 ? '' : `-${number}`}.md`);
    try {
      await writeFile(path, text, { flag: 'wx' });
      return path;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
