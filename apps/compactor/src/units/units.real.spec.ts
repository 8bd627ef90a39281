import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canAskSystemd, unitComplaints, unitExposure } from '@ticklake/cli-kit/testing';
import { renderUnits } from './render-units.js';
import { USUAL_UNITS, type UnitSettings } from './unit-settings.js';

const suite = canAskSystemd() ? describe : describe.skip;

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
    expect(unitComplaints(write(root, settings))).toBe('');
  });

  it.each<[string, string, string]>([
    ['a setting that it does not know', 'Persistent=', 'Persistance='],
    ['a time that is none', 'OnCalendar=*-*-* 02:30', 'OnCalendar=*-*-* 26:30'],
    ['a system call that it does not know', '@system-service', '@system-servise'],
    ['a program that is not there', `ExecStart=${process.execPath}`, 'ExecStart=/nowhere'],
  ])('would complain of %s', (_, good, bad) => {
    expect(unitComplaints(write(root, HERE, (text) => text.replace(good, bad)))).not.toBe('');
  });

  it('reads a program, an environment and a directory with spaces as they are meant', () => {
    const bin = join(root, 'my tools %n');
    writeFileSync(bin, '#!/bin/sh\n', { mode: 0o755 });
    expect(unitComplaints(write(join(root, 'units'), { ...HERE, exec: bin }))).toBe('');
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
    expect(unitExposure(service)).toBeLessThanOrEqual(2);
  });
});
