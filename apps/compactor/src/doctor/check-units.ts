import { localStore } from '@ticklake/storage';
import { join, resolve } from 'node:path';
import { installCommand } from '../units/install-command.js';
import { planUnits } from '../units/install-units.js';
import { renderUnits, settingsOfUnit } from '../units/render-units.js';
import { USUAL_UNITS } from '../units/unit-settings.js';
import { ok, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';
import { isThere } from './host-facts.js';

const CHECK = 'units';

/** Whether the unit files of this host are those that this version would write, with the settings they were made with. */
export const unitChecks: readonly Check[] = [
  { name: CHECK, look: async (context) => [await checkUnits(context)] },
];

async function checkUnits({ config, facts }: DoctorContext): Promise<Diagnosis> {
  const path = resolve(config.unitsDir);
  if (!(await isThere(facts, path))) return ok(CHECK, `no ${path}: nothing of systemd here`);
  const main = `${config.unitName}.service`;
  const usual = { ...USUAL_UNITS, name: config.unitName };
  const text = await facts.readText(join(path, main));
  if (text === undefined) {
    return warn(
      CHECK,
      `no ${main} in ${path}; cron or Kubernetes may do as well`,
      installCommand(usual, path),
    );
  }
  const settings = settingsOfUnit(text);
  if (settings === undefined || settings.name !== config.unitName) {
    return warn(
      CHECK,
      `${main} was not made by install-units`,
      `look at it, then ${installCommand(usual, path)} --yes`,
    );
  }
  const planned = await planUnits(localStore(path, { fileSystem: facts.fileSystem }), renderUnits(settings));
  const other = planned.filter(({ standing }) => standing !== 'same');
  if (other.length === 0) return ok(CHECK, `${planned.length} files in ${path}, daily at ${settings.at} UTC`);
  const found = other.map(({ name, standing }) => `${name} ${standing}`).join(', ');
  return warn(
    CHECK,
    `other than this version makes them: ${found}`,
    `${installCommand(settings, path)} --yes`,
  );
}
