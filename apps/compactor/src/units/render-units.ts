import { HARDENING } from './hardening.js';
import { checkUnitSettings, unitSettingsSchema, type UnitSettings } from './unit-settings.js';
import { unitSize, unitText, unitWord } from './unit-words.js';

/** One file of a systemd directory. */
export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

/** The name that the commands of the first runbook use. */
export const FORMER_NAME = 'quantlab-compact';
const ASKED = '# ticklake-units ';

/**
 * The unit files of a host: the daily run and its timer, the weekly scrub and its timer, and what tells of a failure
 * (spec rows OP-02, OP-03, C-04). Equal settings give equal texts, and {@link settingsOfUnit} reads them back.
 *
 * @throws LakeError `invalid` (`UNIT`) for settings that a unit file cannot hold.
 */
export function renderUnits(settings: UnitSettings): readonly UnitFile[] {
  checkUnitSettings(settings);
  const { name } = settings;
  return [
    file(settings, `${name}.service`, serviceLines(settings)),
    file(settings, `${name}.timer`, timerLines(settings)),
    file(settings, `${name}-scrub.service`, scrubServiceLines(settings)),
    file(settings, `${name}-scrub.timer`, scrubTimerLines(settings)),
    file(settings, `${name}-failure@.service`, failureLines(settings)),
  ];
}

/** The settings that a unit file was made with; `undefined` when it is not one of ours. */
export function settingsOfUnit(text: string): UnitSettings | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(ASKED));
  if (line === undefined) return undefined;
  try {
    return unitSettingsSchema.safeParse(JSON.parse(line.slice(ASKED.length))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function file(settings: UnitSettings, name: string, lines: readonly string[]): UnitFile {
  const head = [
    '# Made by `ticklake-compactor install-units`, which was asked for:',
    ASKED + JSON.stringify(settings),
  ];
  return { name, text: [...head, '', ...lines, ''].join('\n') };
}

function serviceLines(settings: UnitSettings): string[] {
  const { name } = settings;
  return [
    ...unitSection(settings, 'Compact the spool files of every missing day'),
    '# Three more attempts where the store was not to be reached or a process was killed; then it has failed.',
    'StartLimitIntervalSec=2h',
    'StartLimitBurst=4',
    '',
    ...jobSection(settings, 'run'),
    '# Exit 3 is a failure and shows as one: something is quarantined, stale or failed. 130 is a run that was told to stop.',
    'SuccessExitStatus=130',
    'Restart=on-failure',
    'RestartSec=10min',
    '# What another attempt would not change: a bug, flags, failed partitions, findings, missing, denied, incomplete.',
    'RestartPreventExitStatus=1 2 3 4 10 12 13',
    '# A run that hangs must not keep the next one from starting; it goes on where this one stopped.',
    'TimeoutStartSec=23h',
    '',
    ...HARDENING,
    ...(name === FORMER_NAME ? [] : ['', '[Install]', `Alias=${FORMER_NAME}.service`]),
  ];
}

function timerLines({ name, at }: UnitSettings): string[] {
  return [
    '[Unit]',
    `Description=Compact the spool every day at ${at} UTC`,
    'Documentation=man:systemd.timer(5)',
    '# No Requires= of the service: enabling the timer would start the job at once.',
    '',
    '[Timer]',
    `Unit=${name}.service`,
    `OnCalendar=*-*-* ${at}:00 UTC`,
    '# A run that was missed, because the host was off, is made up for.',
    'Persistent=true',
    'RandomizedDelaySec=2min',
    '',
    '[Install]',
    'WantedBy=timers.target',
    ...(name === FORMER_NAME ? [] : [`Alias=${FORMER_NAME}.timer`]),
  ];
}

function scrubServiceLines(settings: UnitSettings): string[] {
  return [
    ...unitSection(settings, 'Read a part of the published partitions again'),
    '',
    ...jobSection(settings, 'scrub'),
    '# Exit 4 is a failure: a published file is not what its manifest says.',
    'SuccessExitStatus=130',
    'TimeoutStartSec=23h',
    '',
    ...HARDENING,
  ];
}

function scrubTimerLines({ name }: UnitSettings): string[] {
  return [
    '[Unit]',
    'Description=Read a part of the published partitions again every week',
    'Documentation=man:systemd.timer(5)',
    '',
    '[Timer]',
    `Unit=${name}-scrub.service`,
    'OnCalendar=Sun *-*-* 08:30:00 UTC',
    'Persistent=true',
    'RandomizedDelaySec=30min',
    '',
    '[Install]',
    'WantedBy=timers.target',
  ];
}

/** Of what ends a run from outside, such as the kernel for want of memory, the run itself can tell nobody. */
function failureLines({ name }: UnitSettings): string[] {
  return [
    '[Unit]',
    'Description=Tell that %i has failed',
    '',
    '[Service]',
    'Type=oneshot',
    'DynamicUser=yes',
    '# A sample: one line of priority crit in the journal. Put in its place what reaches you, such as a mail or a webhook.',
    `ExecStart=/usr/bin/logger --priority daemon.crit --tag ${unitText(name)} "%i has failed: journalctl --unit %i --lines 50"`,
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'PrivateNetwork=yes',
  ];
}

function unitSection({ name }: UnitSettings, description: string): string[] {
  return [
    '[Unit]',
    `Description=${description}`,
    'Documentation=https://www.npmjs.com/package/@ticklake/compactor',
    'Wants=network-online.target',
    'After=network-online.target',
    `OnFailure=${name}-failure@%n.service`,
  ];
}

function jobSection(settings: UnitSettings, command: string): string[] {
  const { name, user, exec, environmentFile, writePaths, memoryMaxBytes } = settings;
  const writable = writePaths.map((path) => unitWord(`-${path}`)).join(' ');
  return [
    '[Service]',
    'Type=oneshot',
    `ExecStart=${unitWord(exec)} ${command}`,
    ...(user === null ? ['DynamicUser=yes'] : [`User=${user}`]),
    '# Without the file the job does not start.',
    `EnvironmentFile=${unitText(environmentFile)}`,
    '# Unfinished files of stores over the network: on a disk, where /tmp may be memory.',
    `CacheDirectory=${name}`,
    `Environment=TMPDIR=%C/${name}`,
    `SyslogIdentifier=${name}`,
    `LogExtraFields=TICKLAKE_COMMAND=${command}`,
    ...(writePaths.length === 0 ? [] : [`ReadWritePaths=${writable}`]),
    '',
    '# SIGTERM goes to the program, which ends its own processes and publishes nothing half-done; the rest go after 30 s.',
    'KillMode=mixed',
    'KillSignal=SIGTERM',
    'TimeoutStopSec=30s',
    '# A process that read spool files and is killed for want of memory is one lost worker, not the end of the run.',
    `MemoryMax=${unitSize(memoryMaxBytes)}`,
    'OOMPolicy=continue',
    'TasksMax=512',
    'LimitNOFILE=65536',
    'Nice=10',
    'IOSchedulingClass=best-effort',
    'IOSchedulingPriority=7',
  ];
}
