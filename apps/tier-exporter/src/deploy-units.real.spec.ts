import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canAskSystemd, unitComplaints, unitExposure } from '@ticklake/cli-kit/testing';

const folder = new URL('../deploy/', import.meta.url);
const names = readdirSync(folder).filter((name) => /\.(service|timer)$/.test(name));

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ticklake-tier-units-'))));
afterEach(() => rmSync(root, { recursive: true }));

/** The units of deploy/, changed, somewhere else. systemd looks whether the program is there: Node is. */
function write(change = (text: string) => text): string[] {
  const directory = join(root, 'units');
  mkdirSync(directory);
  return names.map((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const here = text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
    const path = join(directory, name);
    writeFileSync(path, change(here));
    return path;
  });
}

(canAskSystemd() ? describe : describe.skip)('systemd', () => {
  it('has nothing against the units of deploy/', () => {
    expect(names).toHaveLength(4);
    expect(unitComplaints(write())).toBe('');
  });

  it.each<[string, string, string]>([
    ['a setting that it does not know', 'Persistent=', 'Persistance='],
    ['a time that is none', '00:05:00 UTC', '25:05:00 UTC'],
    ['a system call that it does not know', '@system-service', '@system-servise'],
    ['a program that is not there', `ExecStart=${process.execPath}`, 'ExecStart=/nowhere'],
  ])('would complain of %s', (_, good, bad) => {
    expect(unitComplaints(write((text) => text.replace(good, bad)))).not.toBe('');
  });

  it('rates the exposure of both jobs as low', () => {
    const services = write().filter((path) => path.endsWith('.service'));
    expect(services).toHaveLength(2);
    for (const service of services) expect(unitExposure(service)).toBeLessThanOrEqual(2);
  });
});
