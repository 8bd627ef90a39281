import { LakeError } from '@ticklake/core';
import { layoutNames, layoutOf, type Tier } from '@ticklake/partition';
import { readOnly, withPrefix, type ObjectStore } from '@ticklake/storage';
import { readLayout, type LayoutDocument } from '../layout/layout-document.js';
import { tierLayout, type TierLayout } from '../layout/tier-layout.js';

/** A tier that can be read. */
export interface OpenTier {
  /** The root of the tier. */
  readonly store: ObjectStore;
  readonly layout: TierLayout;
}

/** Where tiers are looked for. */
export interface FindTierOptions {
  /** Folder of the tier below the store; those that layouts have where it is left out. */
  readonly root: string | undefined;
  /** Opens a store that the tier moved to. */
  openMoved(url: string): ObjectStore;
}

/** How often a tier may have moved. Nothing is published where it was, so that its places do not lead in a circle. */
const MOVES_MAX = 16;

/**
 * Finds a tier and how it is laid out, which its own document says (AP-35: also where it moved to, and from there).
 *
 * @throws LakeError `missing` (`NO_TIER`) where there is none; `corrupt` (`LAYOUT`) for one that moved and is not there either.
 */
export async function openTier(
  output: ObjectStore,
  tier: Tier,
  { root, openMoved }: FindTierOptions,
): Promise<OpenTier> {
  const roots =
    root === undefined ? [...new Set(layoutNames.map((name) => layoutOf(name).roots[tier]))] : [root];
  for (const one of roots) {
    const path = one.replace(/\/+$/, '');
    const store = readOnly(path === '' ? output : withPrefix(output, `${path}/`));
    const document = await readLayout(store, tier);
    if (document === undefined) continue;
    return settled({ store, document }, tier, openMoved);
  }
  throw new LakeError('missing', 'there is no such tier', {
    code: 'NO_TIER',
    details: { store: output.url, tier, roots: roots.join() },
  });
}

/** Goes where a tier moved to, and from there on. */
async function settled(
  first: { readonly store: ObjectStore; readonly document: LayoutDocument },
  tier: Tier,
  openMoved: FindTierOptions['openMoved'],
): Promise<OpenTier> {
  let { store, document } = first;
  for (let moves = 0; document.moved_to !== undefined; moves++) {
    const url = document.moved_to;
    store = readOnly(openMoved(url));
    const next = moves < MOVES_MAX ? await readLayout(store, tier) : undefined;
    if (next === undefined) {
      throw new LakeError('corrupt', 'a tier moved to where it is not', {
        code: 'LAYOUT',
        details: { movedTo: url, tier },
      });
    }
    document = next;
  }
  return { store, layout: tierLayout(document) };
}
