import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { localStore } from '@ticklake/storage';
import { resolve } from 'node:path';
import { localTime } from '../local-time.js';
import { installUnitsConfig, type InstallUnitsConfig } from '../config/install-units.js';
import { planUnits, writeUnits, type PlannedUnit } from '../units/install-units.js';
import { nextRunMs } from '../units/next-run.js';
import { FORMER_NAME, renderUnits } from '../units/render-units.js';
import type { UnitSettings } from '../units/unit-settings.js';

/** `ticklake-compactor install-units`: a systemd service and timer for this host (spec row OP-09). */
export const installUnitsCommand = defineCommand({
  summary: 'print systemd units for a daily run and a weekly scrub; --apply writes them',
  config: installUnitsConfig,
  examples: [
    { does: 'look at them', line: 'install-units' },
    { does: 'write them', line: 'install-units --user deploy --at 02:30 --apply' },
  ],
  run: install,
});

async function install(context: CommandContext<InstallUnitsConfig>): Promise<CommandOutcome> {
  const { config, clock } = context;
  const settings = settingsOf(config);
  const path = resolve(config.unitsDir);
  const directory = localStore(path);
  const planned = await planUnits(directory, renderUnits(settings));
  if (config.apply) await writeUnits(directory, planned, { overwrite: config.yes });
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const local = localTime(nextRunMs(settings.at, clock.nowMs()), timeZone);
  const commands = commandsFor(settings);
  const units = planned.map(({ name, standing, text }) => ({ name, standing, text }));
  const result = {
    directory: path,
    written: config.apply,
    units,
    commands,
    at: settings.at,
    timeZone,
    local,
  };
  const shown = config.apply ? planned.map(writtenText) : planned.map((unit) => plannedText(path, unit));
  const schedule = `# runs every day at ${settings.at} UTC, next at ${local}`;
  const ending = config.apply ? [] : ['# nothing is written; --apply does that'];
  context.print(result, [...shown, ...ending, schedule, ...commands].join('\n'));
  return 'success';
}

function settingsOf(config: InstallUnitsConfig): UnitSettings {
  const { unitName, user, dynamicUser, exec, environmentFile, at, writePath, memoryMax } = config;
  return {
    name: unitName,
    user: dynamicUser ? null : user,
    exec,
    environmentFile,
    at,
    writePaths: writePath,
    memoryMaxBytes: memoryMax,
  };
}

/** What is left to do by hand: these start things, so nobody does them by the way. */
function commandsFor({ name }: UnitSettings): string[] {
  return [
    'sudo systemctl daemon-reload',
    // It has no [Install] of its own but its other name, so nothing is started at boot.
    ...(name === FORMER_NAME ? [] : [`sudo systemctl enable ${name}.service`]),
    `sudo systemctl enable --now ${name}.timer ${name}-scrub.timer`,
    `systemctl list-timers '${name}*'`,
  ];
}

function plannedText(path: string, { name, standing, text }: PlannedUnit): string {
  return `# ${path}/${name} (${standing})\n${text}`;
}

function writtenText({ name, standing }: PlannedUnit): string {
  return `# ${standing === 'same' ? 'as it was' : standing === 'absent' ? 'written' : 'written over'}: ${name}`;
}
