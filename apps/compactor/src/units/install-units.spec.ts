import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from '../app.js';
import { noonOf } from '../testing/context.js';
import { renderUnits } from './render-units.js';
import { USUAL_UNITS } from './unit-settings.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'ticklake-units-'))));
afterEach(() => rmSync(directory, { recursive: true }));

async function install(...flags: string[]) {
  const argv = ['install-units', '--dir', directory, ...flags];
  const host = memoryHost({ argv, clock: noonOf('2026-02-04') });
  return { code: await runCli(app, host), out: host.out(), err: host.err() };
}

const textOf = (name: string) => readFileSync(join(directory, name), 'utf8');
const usual = renderUnits(USUAL_UNITS);

it('prints the units and writes nothing', async () => {
  const { code, out } = await install();
  expect(code).toBe(0);
  for (const { name, text } of usual) expect(out).toContain(`# ${directory}/${name} (absent)\n${text}`);
  expect(out).toContain('nothing is written');
  expect(readdirSync(directory)).toEqual([]);
});

it('writes them with --apply, and says what to type next', async () => {
  const { code, out } = await install('--apply');
  expect(code).toBe(0);
  expect(readdirSync(directory).sort()).toEqual(usual.map(({ name }) => name).sort());
  for (const { name, text } of usual) expect(textOf(name)).toBe(text);
  expect(out).toContain('# runs every day at 02:30 UTC, next at 2026-02-0');
  expect(out).toContain('\nsudo systemctl daemon-reload\n');
  expect(out).toContain(
    '\nsudo systemctl enable --now ticklake-compactor.timer ticklake-compactor-scrub.timer\n',
  );
  expect((await install('--apply')).out).toContain('as it was: ticklake-compactor.service');
});

it('writes over what differs only when told, and otherwise writes nothing at all', async () => {
  writeFileSync(join(directory, 'ticklake-compactor.timer'), 'mine');
  const refused = await install('--apply');
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('--yes writes over them');
  expect(refused.err).toContain('ticklake-compactor.timer');
  expect(readdirSync(directory)).toEqual(['ticklake-compactor.timer']);
  expect((await install()).out).toContain('ticklake-compactor.timer (differs)');
  const { code, out } = await install('--apply', '--yes');
  expect(code).toBe(0);
  expect(out).toContain('written over: ticklake-compactor.timer');
  for (const { name, text } of usual) expect(textOf(name)).toBe(text);
});

it('gives the job another account, program, environment, time and name', async () => {
  const flags = [
    '--name',
    'quantlab-compact',
    '--user',
    'lake',
    '--exec',
    '/opt/tick lake/bin',
    '--at',
    '01:00',
  ];
  const { code, out } = await install(...flags, '--environment-file', '/srv/lake/.env', '--apply', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ written: true, at: '01:00', directory });
  const service = textOf('quantlab-compact.service');
  expect(service).toContain('\nUser=lake\n');
  expect(service).toContain('\nExecStart="/opt/tick lake/bin" run\n');
  expect(service).toContain('\nEnvironmentFile=/srv/lake/.env\n');
  expect(textOf('quantlab-compact.timer')).toContain('\nOnCalendar=*-*-* 01:00:00 UTC\n');
});

it('lets systemd make up the account', async () => {
  await install('--dynamic-user', '--apply');
  expect(textOf('ticklake-compactor.service')).toContain('\nDynamicUser=yes\n');
});

it.each([[['--exec', 'relative']], [['--at', '2:30']], [['--user', 'a b']], [['--name', 'a/b']]])(
  'refuses %j and writes nothing',
  async (flags) => {
    expect(await install(...flags, '--apply')).toMatchObject({ code: 2, out: '' });
    expect(readdirSync(directory)).toEqual([]);
  },
);
