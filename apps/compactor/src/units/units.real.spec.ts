import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderUnits } from './render-units.js';
import { USUAL_UNITS, type UnitSettings } from './unit-settings.js';

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
// Without a skip in CI: there the suite fails, and says which program is missing.
const suite = hasSystemd || process.env['CI'] !== undefined ? describe : describe.skip;

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ticklake-units-'))));
afterEach(() => rmSync(root, { recursive: true }));

/** systemd looks whether the program is there: Node is. */
const HERE: UnitSettings = { ...USUAL_UNITS, exec: process.execPath };

function write(directory: string, settings: UnitSettings, change = (text: string) => text): string[] {
  mkdirSync(directory, { recursive: true });
  return renderUnits(settings).map(({ name, text }) => {
    const path = join(directory, name);
    writeFileSync(path, change(text));
    return path;
  });
}

/** What systemd has against the units; nothing when they are good. It only warns of a setting it does not know. */
function complaints(paths: readonly string[]): string {
  const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return status === 0 ? stderr : `exit ${status}: ${stderr}`;
}

suite('systemd', () => {
  it.each<[string, UnitSettings]>([
    ['as they are in deploy/', HERE],
    ['with the names of the first runbook', { ...HERE, name: 'quantlab-compact', at: '01:00' }],
    ['with an account made up for each run', { ...HERE, user: null, writePaths: [] }],
    [
      'with spaces and percent signs',
      { ...HERE, environmentFile: '/etc/a b%c.env', writePaths: ['/a b%', '/ü'] },
    ],
  ])('has nothing against the units %s', (_, settings) => {
    expect(complaints(write(root, settings))).toBe('');
  });

  it.each<[string, string, string]>([
    ['a setting that it does not know', 'Persistent=', 'Persistance='],
    ['a time that is none', 'OnCalendar=*-*-* 02:30', 'OnCalendar=*-*-* 26:30'],
    ['a system call that it does not know', '@system-service', '@system-servise'],
    ['a program that is not there', `ExecStart=${process.execPath}`, 'ExecStart=/nowhere'],
  ])('would complain of %s', (_, good, bad) => {
    expect(complaints(write(root, HERE, (text) => text.replace(good, bad)))).not.toBe('');
  });

  it('reads a program, an environment and a directory with spaces as they are meant', () => {
    const bin = join(root, 'my tools %n');
    writeFileSync(bin, '#!/bin/sh\n', { mode: 0o755 });
    expect(complaints(write(join(root, 'units'), { ...HERE, exec: bin }))).toBe('');
  });

  it('knows both names once the units are enabled, and starts nothing but the timers', () => {
    const units = join(root, 'etc', 'systemd', 'system');
    write(units, USUAL_UNITS);
    const enabled = [
      'ticklake-compactor.service',
      'ticklake-compactor.timer',
      'ticklake-compactor-scrub.timer',
    ];
    const { status, stderr } = spawnSync('systemctl', [`--root=${root}`, 'enable', ...enabled], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    for (const kind of ['service', 'timer']) {
      expect(readlinkSync(join(units, `quantlab-compact.${kind}`))).toMatch(`/ticklake-compactor.${kind}`);
    }
    const wants = readdirSync(units).filter((name) => name.endsWith('.wants'));
    expect(wants).toEqual(['timers.target.wants']);
    expect(readdirSync(join(units, 'timers.target.wants')).sort()).toEqual(enabled.slice(1).sort());
  });

  it('rates the exposure of the job as low', () => {
    const [service = ''] = write(root, HERE);
    const { stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--no-pager', service], {
      encoding: 'utf8',
    });
    const score = /exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
    expect(Number(score)).toBeLessThanOrEqual(2);
  });
});
