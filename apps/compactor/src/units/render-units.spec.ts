import { readFileSync, writeFileSync } from 'node:fs';
import { renderUnits, settingsOfUnit } from './render-units.js';
import { USUAL_UNITS, type UnitSettings } from './unit-settings.js';

const deploy = new URL('../../deploy/', import.meta.url);

/** The text of the unit whose name ends so. */
function unit(ending: string, changes: Partial<UnitSettings> = {}): string {
  const found = renderUnits({ ...USUAL_UNITS, ...changes }).find(({ name }) => name.endsWith(ending));
  if (found === undefined) throw new Error(`no unit ${ending}`);
  return found.text;
}

describe('the units', () => {
  it.each(renderUnits(USUAL_UNITS))('are what deploy/ holds: $name (UPDATE_DEPLOY=1 rewrites it)', (file) => {
    const path = new URL(file.name, deploy);
    if (process.env['UPDATE_DEPLOY'] === '1') writeFileSync(path, file.text);
    expect(readFileSync(path, 'utf8')).toBe(file.text);
  });

  it('have a timer that does not start the job when it is enabled', () => {
    const lines = unit('compactor.timer').split('\n');
    expect(lines.filter((line) => /^(Requires|Wants|BindsTo|Requisite|PartOf|Upholds)=/.test(line))).toEqual(
      [],
    );
    expect(lines).toEqual(expect.arrayContaining(['OnCalendar=*-*-* 02:30:00 UTC', 'Persistent=true']));
  });

  it('show exit 3 as a failure and a run that was told to stop as none', () => {
    expect(unit('compactor.service')).toContain('\nSuccessExitStatus=130\n');
  });

  it('leave out what V8 and the look at other processes cannot do without', () => {
    const settings = unit('compactor.service')
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n');
    expect(settings).not.toMatch(/MemoryDenyWriteExecute|ProtectProc|ProcSubset|PrivatePIDs/);
  });

  it.each<[string, Partial<UnitSettings>, string]>([
    [
      'a path with a space',
      { exec: '/opt/my tools/compactor' },
      '\nExecStart="/opt/my tools/compactor" run\n',
    ],
    ['a percent sign', { environmentFile: '/etc/100%.env' }, '\nEnvironmentFile=/etc/100%%.env\n'],
    ['two directories', { writePaths: ['/a b', '/c%'] }, '\nReadWritePaths="-/a b" -/c%%\n'],
    ['an account of its own', { user: null }, '\nDynamicUser=yes\n'],
    ['another account', { user: 'lake' }, '\nUser=lake\n'],
    ['a size', { memoryMaxBytes: 1536 * 1024 ** 2 }, '\nMemoryMax=1536M\n'],
    ['a size in bytes', { memoryMaxBytes: 3_000_000_001 }, '\nMemoryMax=3000000001\n'],
  ])('take %s', (_, changes, expected) => {
    expect(unit('compactor.service', changes)).toContain(expected);
  });

  it('have no place to write where none is given', () => {
    expect(unit('compactor.service', { writePaths: [] })).not.toContain('ReadWritePaths');
  });

  it('carry the names of the first runbook as a second name, or as their own', () => {
    expect(unit('compactor.service')).toContain('\nAlias=quantlab-compact.service\n');
    expect(unit('compactor.timer')).toContain('\nAlias=quantlab-compact.timer\n');
    const own = renderUnits({ ...USUAL_UNITS, name: 'quantlab-compact' });
    expect(own[0]?.name).toBe('quantlab-compact.service');
    expect(own.map(({ text }) => text).join('')).not.toContain('Alias=');
  });

  it.each<[string, Partial<UnitSettings>]>([
    ['a newline', { exec: '/usr/bin/x\nExecStartPre=/bin/sh' }],
    ['a carriage return', { environmentFile: '/etc/x\r' }],
    ['a relative path', { exec: 'compactor' }],
    ['a path that goes up', { writePaths: ['/srv/../etc'] }],
    ['the root as a place to write', { writePaths: ['/'] }],
    ['a quote', { exec: '/opt/"x"' }],
    ['a variable', { exec: '/opt/$HOME' }],
    ['a pattern', { environmentFile: '/etc/*.env' }],
    ['an account that is none', { user: 'root;reboot' }],
    ['a name with a slash', { name: '../x' }],
    ['an instance', { name: 'a@b' }],
    ['a time that is none', { at: '24:00' }],
  ])('refuse %s', (_, changes) => {
    expect(() => renderUnits({ ...USUAL_UNITS, ...changes })).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'UNIT' }),
    );
  });
});

describe('settingsOfUnit', () => {
  it('reads back what a unit was made with', () => {
    const settings = { ...USUAL_UNITS, user: null, writePaths: ['/a b', '/ü%'] };
    for (const { text } of renderUnits(settings)) expect(settingsOfUnit(text)).toEqual(settings);
  });

  it.each([
    ['a unit of somebody else', '[Service]\nExecStart=/bin/true\n'],
    ['a line that is no JSON', '# ticklake-units {\n'],
    ['JSON of another shape', '# ticklake-units {"name":1}\n'],
  ])('knows nothing of %s', (_, text) => {
    expect(settingsOfUnit(text)).toBeUndefined();
  });
});
