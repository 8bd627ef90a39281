import { programStores, type ObjectStore, type ProgramStores } from '@ticklake/storage';
import { REQUESTS } from './limits.js';

/** Stores with the patience of this app. */
export const { openWritable, openReadOnly, requireProbed }: ProgramStores = programStores(REQUESTS);

/**
 * The compact store of a command that only tells what it would do, unless it is to `apply` it: then its writes rest on conditions,
 * which are tried first.
 *
 * @throws LakeError `invalid` (`CONDITIONS`); see {@link requireProbed}.
 */
export async function openCompact(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  { apply }: { readonly apply: boolean },
): Promise<ObjectStore> {
  if (!apply) return openReadOnly(url, env);
  await requireProbed(url, env);
  return openWritable(url, env);
}
