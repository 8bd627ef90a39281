import { readdirSync, readFileSync } from 'node:fs';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from './app.js';

const folder = new URL('../deploy/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, folder), 'utf8');

/** Settings of a unit file, keys that occur several times joined by spaces. */
function settingsOf(name: string): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const line of text(name).split('\n')) {
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const before = settings.get(key);
    settings.set(key, before === undefined ? value : `${before} ${value}`);
  }
  return settings;
}

/** Variables of the environment file. */
const env = Object.fromEntries(
  text('tier-exporter.env')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split('=') as [string, string]),
);

/** What the program makes of a command line, without running it. */
async function configOf(line: string): Promise<{ code: number; told: string }> {
  const argv = line.trim().split(/\s+/).slice(1);
  const host = memoryHost({ argv: [...argv, '--print-config', '--json'], env });
  return { code: await runCli(app, host), told: host.out() + host.err() };
}

describe.each([
  ['ticklake-tier3-daily', '*-*-* 00:05:00 UTC', 'tier3_daily'],
  ['ticklake-tier2-weekly', 'Mon *-*-* 01:30:00 UTC', 'tier2_weekly'],
])('%s', (name, calendar, output) => {
  const service = settingsOf(`${name}.service`);
  const timer = settingsOf(`${name}.timer`);

  it('runs a command line that the program takes, and may write where it writes', async () => {
    const { code, told } = await configOf(service.get('ExecStart') ?? '');
    expect({ code, told }).toEqual({ code: 0, told: expect.stringContaining(`/srv/ticklake/${output}`) });
    expect(service.get('ReadWritePaths')).toBe(`/srv/ticklake/${output}`);
    expect(service.get('EnvironmentFile')).toBe('/etc/ticklake/tier-exporter.env');
  });

  it('is started by its timer, in UTC', () => {
    expect(timer.get('Unit')).toBe(`${name}.service`);
    expect(timer.get('OnCalendar')).toBe(calendar);
    expect(timer.get('Persistent')).toBe('true');
  });

  it('is tried again when a guard says that inputs are missing, and not when that would change nothing', () => {
    expect(service.get('Restart')).toBe('on-failure');
    expect(service.get('RestartPreventExitStatus')?.split(' ')).toEqual([
      '1',
      '2',
      '3',
      '4',
      '10',
      '12',
      '15',
    ]);
  });
});

it('every line of the crontab is one that the program takes', async () => {
  const lines = text('crontab')
    .split('\n')
    .filter((line) => /^[0-9]/.test(line));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    // The environment file is not on this machine; its variables are given.
    const command = /ticklake-tier-exporter .*/.exec(line)?.[0].replace(/ --env-file \S+/, '') ?? '';
    expect(await configOf(command)).toMatchObject({ code: 0 });
  }
});

it('the lines of the README are taken as well', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replaceAll('\\\n', ' ');
  const lines = readme.match(/^ticklake-tier-exporter .*$|(?<= deploy )ticklake-tier-exporter .*$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines) {
    expect({ line, ...(await configOf(line.replace(/ {2,}#.*$/, ''))) }).toMatchObject({ line, code: 0 });
  }
});

it('nothing else is there', () => {
  expect(readdirSync(folder).sort()).toEqual([
    'crontab',
    'ticklake-tier2-weekly.service',
    'ticklake-tier2-weekly.timer',
    'ticklake-tier3-daily.service',
    'ticklake-tier3-daily.timer',
    'tier-exporter.env',
  ]);
});
