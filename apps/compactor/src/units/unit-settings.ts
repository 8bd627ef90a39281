import { LakeError } from '@ticklake/core';
import { z } from 'zod';

/** What differs between the unit files of one host and another's (spec rows OP-02, OP-09, OP-13, OP-19). */
export const unitSettingsSchema = z.object({
  /** Stem of the names of the units: `ticklake-compactor` gives `ticklake-compactor.service` and the others. */
  name: z.string(),
  /** Account of the job; `null` lets systemd make one up for each run (`DynamicUser=`). */
  user: z.string().nullable(),
  /** The program. */
  exec: z.string(),
  /** File of `NAME=value` lines, read by systemd itself. */
  environmentFile: z.string(),
  /** Time of the daily run, `HH:MM` in UTC. */
  at: z.string(),
  /** Directories that the job may write to; what is not there is passed over. */
  writePaths: z.array(z.string()),
  /** Memory after which the kernel ends a process of the job. */
  memoryMaxBytes: z.int().positive(),
});

/** What {@link unitSettingsSchema} comes to. */
export type UnitSettings = z.infer<typeof unitSettingsSchema>;

/** What the files in `deploy/` are made with, and what `install-units` takes where nothing else is said. */
export const USUAL_UNITS: UnitSettings = {
  name: 'ticklake-compactor',
  user: 'deploy',
  exec: '/usr/local/bin/ticklake-compactor',
  environmentFile: '/etc/ticklake/compactor.env',
  at: '02:30',
  writePaths: ['/srv/ticklake/lake'],
  memoryMaxBytes: 3 * 1024 ** 3,
};

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;
const USER = /^([a-z_][a-z0-9_-]{0,31}|\d{1,10})$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
/** Absolute, not the root itself, and without what systemd takes for a quote, an escape, a variable or a pattern. */
const PATH = /^(\/[^\p{Cc}"'\\$*?[\]/]+)+$/u;

/**
 * Refuses what a unit file cannot hold: a value with a newline would be another setting of the unit.
 *
 * @throws LakeError `invalid` (`UNIT`) naming the first setting that is wrong.
 */
export function checkUnitSettings(settings: UnitSettings): void {
  const { name, user, exec, environmentFile, at, writePaths } = settings;
  demand('name', name, NAME, 'a name of letters, digits and _ . -');
  if (user !== null) demand('user', user, USER, 'the name of an account or its number');
  demand('at', at, TIME, 'a time such as 02:30, in UTC');
  for (const [setting, path] of [
    ['exec', exec],
    ['environment-file', environmentFile],
    ...writePaths.map((path) => ['write-path', path] as const),
  ] as const) {
    demand(
      setting,
      path,
      PATH,
      'an absolute path without quotes, backslashes, $, * ? [ ] and control characters',
    );
    if (path.split('/').some((part) => part === '.' || part === '..')) {
      throw refused(setting, path, 'a path without . and ..');
    }
  }
}

function demand(setting: string, value: string, pattern: RegExp, expected: string): void {
  if (!pattern.test(value)) throw refused(setting, value, expected);
}

function refused(setting: string, value: string, expected: string): LakeError {
  return new LakeError('invalid', `a unit file takes ${expected}`, {
    code: 'UNIT',
    details: { [setting]: JSON.stringify(value) },
  });
}
