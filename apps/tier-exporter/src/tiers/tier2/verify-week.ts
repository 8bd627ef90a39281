import { fingerprintSchema, type Schema } from '@ticklake/columnar';
import { isLakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import { parseStagedName, type Finding, type PublishedDataset } from '@ticklake/manifest';
import { inspectDataset } from '../verify/inspect-dataset.js';
import { judgeRows } from '../verify/judge-rows.js';
import type { Verdict } from '../verify/verdict.js';
import { weekDataName } from './build-week.js';
import { TIER2_SCHEMA } from './columns.js';
import { compareDays, dayRowsOf, type CompareOptions } from './compare-days.js';
import { judgeWeek } from './judge-week.js';
import type { Tier2Manifest } from './manifest.js';
import { unifySchemas } from './unify-schemas.js';

/**
 * Reads every byte of a week of tier 2 and holds it against its manifest, its own footer, the schema of this version, what is usual, and the
 * days that it was built from (VF-16). Bad data is a finding and never thrown.
 *
 * @param dataset - Whatever number of days it has: the manifest tells, or where there is none, the name of the file.
 * @param endDay - The last day of the window.
 * @throws LakeError `unavailable`, `denied`, `cancelled`, or `conflict` when week or days were replaced meanwhile: nothing was judged.
 */
export async function verifyWeek(
  dataset: PublishedDataset<Tier2Manifest>,
  endDay: UtcDay,
  options: CompareOptions,
): Promise<Verdict> {
  const findings: Finding[] = [];
  const facts = await inspectDataset(
    dataset,
    {
      tier: 2,
      schema: TIER2_SCHEMA,
      judgeManifest: (manifest) => judgeWeek(manifest, endDay),
      dataName: () => findDataName(dataset),
      fitsColumns,
      async judgeRows({ reader }, manifest) {
        const days = manifest && dayRowsOf(manifest, reader.rowCount);
        const dayOf = (row: number) => days?.find(({ end }) => row < end)?.day;
        const { findings: judged } = await judgeRows(reader, { ...options, label: endDay, dayOf });
        return days === undefined ? judged : [...judged, ...(await compareDays(reader, days, options))];
      },
    },
    { options, findings },
  );
  return { tier: 2, day: endDay, directory: dataset.directory, facts, findings };
}

/** Whether these are the columns of tier 2, perhaps with fields of structs that some days have more (T2-20). */
function fitsColumns(found: Schema): boolean {
  try {
    const unified = unifySchemas(TIER2_SCHEMA, [{ day: parseUtcDay('1970-01-01'), schema: found }]);
    return fingerprintSchema(unified) === fingerprintSchema(found);
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    return false;
  }
}

/** The only file in the folder that is called like that of a window, however many days that has. */
async function findDataName({
  store,
  directory,
}: PublishedDataset<Tier2Manifest>): Promise<string | undefined> {
  const { objects } = await store.children(directory);
  const names = objects
    .map(({ key }) => key.slice(directory.length))
    .filter((name) => {
      const days = /^dataset_entries_([1-9]\d*)d\b/.exec(name)?.[1];
      if (days === undefined) return false;
      const usual = weekDataName(Number(days));
      return name === usual || parseStagedName(usual, name) !== undefined;
    });
  return names.length === 1 ? names[0] : undefined;
}
