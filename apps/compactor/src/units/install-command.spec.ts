import { installCommand } from './install-command.js';
import { USUAL_UNITS } from './unit-settings.js';

it('says only what is not usual', () => {
  expect(installCommand(USUAL_UNITS, '/etc/systemd/system')).toBe(
    'sudo ticklake-compactor install-units --apply',
  );
});

it('says everything else, as a shell takes it', () => {
  const settings = {
    name: 'quantlab-compact',
    user: null,
    exec: '/opt/tick lake/bin',
    environmentFile: '/srv/deploy/.env',
    at: '01:00',
    writePaths: ['/a', '/b c'],
    memoryMaxBytes: 1024,
  };
  expect(installCommand(settings, '/etc/units')).toBe(
    "sudo ticklake-compactor install-units --dir /etc/units --name quantlab-compact --exec '/opt/tick lake/bin' " +
      "--environment-file /srv/deploy/.env --at 01:00 --write-path '/a,/b c' --memory-max 1024 --dynamic-user --apply",
  );
  expect(installCommand({ ...USUAL_UNITS, user: 'lake' }, '/etc/systemd/system')).toContain(
    ' --user lake --apply',
  );
});
