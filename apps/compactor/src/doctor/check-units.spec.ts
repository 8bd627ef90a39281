import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from '../app.js';
import { examineIn, expectFoundIn, makePlaces, type Case, type Places } from '../testing/examine.js';
import { renderUnits } from '../units/render-units.js';
import { USUAL_UNITS } from '../units/unit-settings.js';

let places: Places;
beforeEach(() => void (places = makePlaces()));
afterEach(() => rmSync(places.base, { recursive: true }));

const examine = (change?: Case) => examineIn(places, change);
const expectFound = (check: string, state: string, pattern: RegExp, change: Case) =>
  expectFoundIn(places, [check, state, pattern], change);

describe('the units', () => {
  const put = (change = (text: string) => text) => {
    mkdirSync(join(places.base, 'units'));
    for (const { name, text } of renderUnits({ ...USUAL_UNITS, at: '03:15' }))
      writeFileSync(join(places.base, 'units', name), change(text));
  };

  it('need no systemd', () => expectFound('units', 'ok', /nothing of systemd here/, {}));

  it('may not be there', async () => {
    mkdirSync(join(places.base, 'units'));
    await expectFound('units', 'warn', /no ticklake-compactor\.service/, {});
  });

  it('are made again as they were asked for', async () => {
    put();
    await expectFound('units', 'ok', /^5 files in .*, daily at 03:15 UTC$/, {});
  });

  it('that somebody changed are named', async () => {
    put((text) => text.replace('Persistent=true', 'Persistent=false'));
    await expectFound(
      'units',
      'warn',
      /ticklake-compactor\.timer differs, ticklake-compactor-scrub\.timer differs/,
      {},
    );
  });

  it('are mended by a command that makes them as they were', async () => {
    put((text) => text.replace('Persistent=true', 'Persistent=false'));
    const units = join(places.base, 'units');
    const { fix = '' } = (await examine()).get('units') ?? {};
    expect(fix).toBe(`sudo ticklake-compactor install-units --dir ${units} --at 03:15 --apply --yes`);
    const argv = fix.split(' ').slice(2);
    expect(await runCli(app, memoryHost({ argv }))).toBe(0);
    await expectFound('units', 'ok', /03:15/, {});
  });

  it('of somebody else are not compared', async () => {
    put(() => '[Service]\n');
    await expectFound('units', 'warn', /was not made by install-units/, {});
  });
});
