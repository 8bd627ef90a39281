import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { doctorConfig, type DoctorConfig } from '../config/doctor.js';
import { diagnose, diagnosesText } from '../doctor/diagnose.js';
import { nodeHostFacts } from '../doctor/host-facts.js';

/** `ticklake-compactor doctor`: whether this host can do what a run needs, and what to do where it cannot (spec row OP-14). */
export const doctorCommand = defineCommand({
  summary: 'look at host, stores and lake as a run would find them, and say what to do',
  config: doctorConfig,
  examples: [
    { does: 'before the first run', line: 'doctor --raw /data/spool --compact /data/lake' },
    {
      does: 'with the settings of the units, writing nothing',
      line: 'doctor --env-file /etc/ticklake/compactor.env --no-probe',
    },
  ],
  run: doctor,
});

async function doctor({
  config,
  env,
  clock,
  signal,
  print,
}: CommandContext<DoctorConfig>): Promise<CommandOutcome> {
  const diagnoses = await diagnose({ config, env, clock, signal, facts: nodeHostFacts });
  print({ diagnoses }, diagnosesText(diagnoses));
  return diagnoses.some(({ state }) => state === 'fail') ? 'findings' : 'success';
}
