import { LakeError } from '@ticklake/core';
import { layoutNames, layoutOf, type Tier } from '@ticklake/partition';
import { readOnly, withPrefix, type ObjectStore } from '@ticklake/storage';
import { readLayout } from '../layout/layout-document.js';
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

/**
 * Finds a tier and how it is laid out, which its own document says (AP-35: also where it moved to).
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
    const document = await readLayout(store);
    if (document?.tier !== tier) continue;
    if (document.moved_to === undefined) return { store, layout: tierLayout(document) };
    return openNew(readOnly(openMoved(document.moved_to)), tier, document.moved_to);
  }
  throw new LakeError('missing', 'there is no such tier', {
    code: 'NO_TIER',
    details: { store: output.url, tier, roots: roots.join() },
  });
}

async function openNew(store: ObjectStore, tier: Tier, url: string): Promise<OpenTier> {
  const document = await readLayout(store);
  if (document?.tier === tier && document.moved_to === undefined)
    return { store, layout: tierLayout(document) };
  throw new LakeError('corrupt', 'a tier moved to where it is not', {
    code: 'LAYOUT',
    details: { movedTo: url, tier },
  });
}
