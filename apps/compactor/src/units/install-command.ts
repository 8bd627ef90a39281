import { USUAL_UNITS, type UnitSettings } from './unit-settings.js';

/** What to type to have these units in `directory`: only what is not usual is said. */
export function installCommand(settings: UnitSettings, directory: string): string {
  const { name, user, exec, environmentFile, at, writePaths, memoryMaxBytes } = settings;
  const flags: [flag: string, value: string, usual: string][] = [
    ['dir', directory, '/etc/systemd/system'],
    ['name', name, USUAL_UNITS.name],
    ['exec', exec, USUAL_UNITS.exec],
    ['environment-file', environmentFile, USUAL_UNITS.environmentFile],
    ['at', at, USUAL_UNITS.at],
    ['write-path', writePaths.join(','), USUAL_UNITS.writePaths.join(',')],
    ['memory-max', String(memoryMaxBytes), String(USUAL_UNITS.memoryMaxBytes)],
  ];
  const told = flags.filter(([, value, usual]) => value !== usual);
  const account = user === null ? ['--dynamic-user'] : user === USUAL_UNITS.user ? [] : [`--user ${user}`];
  const words = [...told.map(([flag, value]) => `--${flag} ${shellWord(value)}`), ...account];
  return ['sudo ticklake-compactor install-units', ...words, '--apply'].join(' ');
}

/** Quoted where a shell would take it apart. */
function shellWord(text: string): string {
  return /^[\w./,:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
