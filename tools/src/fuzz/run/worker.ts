// A process that reads files which may end it: `node worker.js SETUP`, then one task a message, one answer a message.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { readCorpus } from '../corpus/corpus-folder.js';
import { judgeAttack, judgeMutant, type Judgement } from '../judge.js';
import { makeMutant, planMutant } from '../mutate/mutants.js';
import { tryFile, type Trial } from '../try-file.js';
import { attackFile, type Answer, type Task, type WorkerSetup } from './task.js';

const { folder, seed } = JSON.parse(process.argv[2] ?? '') as WorkerSetup;
const targets = await readCorpus(folder);

process.on('message', (task: Task) => {
  void answer(task).then((said) => process.send?.(said));
});
process.send?.('ready');

async function answer(task: Task): Promise<Answer> {
  let readMs = 0;
  const attempt = async (bytes: Uint8Array): Promise<Trial> => {
    const before = process.cpuUsage();
    const trial = await tryFile(bytes);
    const { user, system } = process.cpuUsage(before);
    readMs = (user + system) / 1_000;
    // A promise that nobody waits for fails by now, and ends this process while the task is still this one.
    await setImmediate();
    return trial;
  };
  const judgement: Judgement =
    task.kind === 'attack'
      ? judgeAttack(await attempt(await readFile(join(folder, attackFile(task.index)))))
      : await answerMutant(task.index, attempt);
  return { ...judgement, readMs };
}

async function answerMutant(
  index: number,
  attempt: (bytes: Uint8Array) => Promise<Trial>,
): Promise<Judgement> {
  const { target, mutation } = planMutant(targets, index);
  const mutant = makeMutant(targets, { seed, index });
  return judgeMutant(await attempt(mutant), { target, mutant, mutation });
}
