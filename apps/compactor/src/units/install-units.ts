import { isLakeError, LakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import type { UnitFile } from './render-units.js';

/** How a unit file stands against the one that is in the directory. */
export type UnitStanding = 'absent' | 'same' | 'differs';

/** A unit file, and what of it is there already. */
export interface PlannedUnit extends UnitFile {
  readonly standing: UnitStanding;
  /** Version of the file that is there. */
  readonly etag: string | undefined;
}

/** How `units` stand in `directory`; nothing is written. @throws LakeError `denied` where it cannot be read. */
export function planUnits(directory: ObjectStore, units: readonly UnitFile[]): Promise<PlannedUnit[]> {
  return Promise.all(units.map((unit) => planUnit(directory, unit)));
}

/**
 * Writes the planned files that are absent, and with `overwrite` those that differ; each of them whole or not at all.
 *
 * @throws LakeError `invalid` (`UNITS_DIFFER`) without `overwrite` when any differs; nothing is written then.
 * @throws LakeError `conflict` when a file changed since it was planned, `denied` where the directory cannot be written.
 */
export async function writeUnits(
  directory: ObjectStore,
  planned: readonly PlannedUnit[],
  { overwrite }: { readonly overwrite: boolean },
): Promise<void> {
  const differing = planned.filter(({ standing }) => standing === 'differs');
  if (differing.length > 0 && !overwrite) {
    throw new LakeError('invalid', 'unit files that are there differ; --yes writes over them', {
      code: 'UNITS_DIFFER',
      details: { files: differing.map(({ name }) => name).join(' ') },
    });
  }
  for (const { name, text, standing, etag } of planned) {
    if (standing === 'same') continue;
    await directory.put(name, Buffer.from(text), { onlyIf: etag === undefined ? 'absent' : { etag } });
  }
}

async function planUnit(directory: ObjectStore, unit: UnitFile): Promise<PlannedUnit> {
  try {
    const { meta, bytes } = await directory.get(unit.name);
    const isSame = new TextDecoder().decode(bytes) === unit.text;
    return { ...unit, standing: isSame ? 'same' : 'differs', etag: meta.etag };
  } catch (error) {
    if (!isLakeError(error, 'missing')) throw error;
    return { ...unit, standing: 'absent', etag: undefined };
  }
}
