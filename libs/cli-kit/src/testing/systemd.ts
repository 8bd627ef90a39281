import { spawnSync } from 'node:child_process';

/** Whether suites that ask systemd run: where it is there, and always in CI, where they fail naming the program that is missing. */
export function canAskSystemd(): boolean {
  return spawnSync('systemd-analyze', ['--version']).status === 0 || process.env['CI'] !== undefined;
}

/** What systemd has against unit files; nothing when they are good. It only warns of a setting that it does not know. */
export function unitComplaints(paths: readonly string[]): string {
  const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return status === 0 ? stderr : `exit ${status}: ${stderr}`;
}

/** How exposed systemd takes the service of a unit file to be: from 0, not at all, to 10. */
export function unitExposure(path: string): number {
  const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', path], {
    encoding: 'utf8',
  });
  return Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
}
