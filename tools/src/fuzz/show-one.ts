import { ATTACKS } from '@ticklake/parquet/testing';
import { writeFile } from 'node:fs/promises';
import { makeBaseFiles } from './corpus/base-files.js';
import { openTarget } from './corpus/target.js';
import { judgeAttack, judgeMutant, type Judgement } from './judge.js';
import { makeMutant, planMutant } from './mutate/mutants.js';
import { tryFile } from './try-file.js';

/** Which file to look at again. */
export interface OneFile {
  /** A mutant, unless an attack is named. */
  readonly index: number;
  readonly attack: string | undefined;
  readonly seed: number;
  /** Where to leave the file. */
  readonly keep: string | undefined;
}

/** Makes one mutant or attack, keeps it where that is asked for, tries it in this very process, and says what came of it. */
export async function showOne({ index, attack, seed, keep }: OneFile): Promise<string> {
  return attack === undefined ? showMutant({ index, seed, keep }) : showAttack({ name: attack, keep });
}

async function showMutant({ index, seed, keep }: Omit<OneFile, 'attack'>): Promise<string> {
  const targets = await Promise.all((await makeBaseFiles()).map(openTarget));
  const { target, mutation } = planMutant(targets, index);
  const mutant = makeMutant(targets, { seed, index });
  // Kept first: reading it may be the end of this process.
  if (keep !== undefined) await writeFile(keep, mutant);
  const judgement = judgeMutant(await tryFile(mutant), { target, mutant, mutation });
  return `${target.name}, ${mutation.name}, ${mutant.length} bytes: ${judgementText(judgement)}`;
}

async function showAttack({ name, keep }: { name: string; keep: string | undefined }): Promise<string> {
  const attack = ATTACKS.find((one) => one.name === name);
  if (attack === undefined) throw new Error('there is no attack of that name');
  const bytes = await attack.file();
  if (keep !== undefined) await writeFile(keep, bytes);
  const judgement = judgeAttack(await tryFile(bytes));
  return `must end in ${attack.ends.join(' or ')}, ${bytes.length} bytes: ${judgementText(judgement)}`;
}

function judgementText({ verdict, code, detail }: Judgement): string {
  return [verdict, code, detail].filter((part) => part !== undefined).join(' ');
}
