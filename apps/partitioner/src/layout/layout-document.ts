import { LakeError, type Clock } from '@ticklake/core';
import { readDocument, updateDocument } from '@ticklake/jobs';
import type { Tier } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import { DOCUMENT_TRIES } from '../limits.js';

/** The name of the document, in the root of a tier; in a root of two tiers, of that of the tier that came first. */
export const LAYOUT_NAME = '_layout.json';

/**
 * Names of the document of the tier that came second. No path of instruments is one of ticks or candles, in whichever layouts, so that two
 * tiers of these kinds can have one root; ticks and candles cannot, since their paths differ in nothing but the names of data types.
 */
const SECOND_NAMES = { market: '_layout.market.json', availability: '_layout.availability.json' } as const;

/** Names of views, in the order in which a reader prefers them where they cost the same. */
export const VIEW_NAMES = [
  'by_date',
  'by_venue',
  'by_instrument_id',
  'by_timeframe',
  'by_type',
  'by_instrument_type',
] as const;

/**
 * `_layout.json` of a tier, or the one that is second in its root: how it is laid out, from its first partition on. Every partition is in all of the views, so that a reader may
 * take any of them. Unknown keys survive.
 */
export const layoutSchema = z.looseObject({
  schema_version: z.literal('architecture-layout/1').describe('version of this document'),
  tier: z.enum(['execution', 'ml', 'availability']).describe('what the rows are'),
  layout: z.enum(['dash-code', 'dash-diagram', 'hive']).describe('how paths are spelled'),
  raw_colons: z.boolean().describe('whether `:` stands in paths as it is, and not as `%3A`'),
  views: z
    .array(z.enum(VIEW_NAMES))
    .min(1)
    .describe('the views that each partition is in; `by_date` is the first'),
  copies: z
    .enum(['primary', 'all'])
    .describe('whether views other than `by_date` hold copies of the rows, or references to them'),
  moved_to: z.string().optional().describe('where the partitions are now, after `relayout --redirect`'),
});

/** See {@link layoutSchema}. */
export type LayoutDocument = z.infer<typeof layoutSchema>;

/** How a tier is laid out; `undefined` where it is not. @throws LakeError `invalid` (`DOCUMENT`). */
export async function readLayout(store: ObjectStore, tier: Tier): Promise<LayoutDocument | undefined> {
  const found = await findLayout(store, tier);
  return found?.document.tier === tier ? found.document : undefined;
}

/** How a run wants a tier to be laid out. */
export type WantedLayout = Pick<LayoutDocument, 'tier' | 'layout' | 'raw_colons' | 'views' | 'copies'>;

/**
 * How a tier is laid out, which is as is wanted, or will be by its first run, which says it. Nothing is written.
 *
 * @throws LakeError `conflict` as {@link agreeOnLayout}.
 */
export async function requireLayout(store: ObjectStore, wanted: WantedLayout): Promise<LayoutDocument> {
  const found = (await findLayout(store, wanted.tier))?.document;
  if (found !== undefined) requireAgreement(store, { agreed: found, wanted });
  return found ?? documentOf(wanted);
}

/**
 * Holds a tier to one layout: the first run says which, before it publishes anything, and later ones have to want the same, since a partition
 * that is not in all of the views would not be found by those who read the others.
 *
 * @throws LakeError `conflict`: (`LAYOUT`) where the tier is laid out otherwise, or another is in its place; (`MOVED`) where it is somewhere
 *   else by now: its readers would not see what is published here.
 */
export async function agreeOnLayout(
  store: ObjectStore,
  wanted: WantedLayout,
  { clock }: { readonly clock: Clock },
): Promise<void> {
  const settle = (name: string) => {
    const change = (now: LayoutDocument | undefined) => now ?? documentOf(wanted);
    return updateDocument(store, name, layoutSchema, change, { clock, ...DOCUMENT_TRIES });
  };
  const known = await findLayout(store, wanted.tier);
  const first = known?.document ?? (await settle(LAYOUT_NAME));
  // Of two that are first at once, each of its kind, the slower one is second.
  const agreed = isOfKind(first, wanted.tier) ? first : await settle(SECOND_NAMES[kindOf(wanted.tier)]);
  requireAgreement(store, { agreed, wanted });
}

function documentOf(wanted: WantedLayout): LayoutDocument {
  return { schema_version: 'architecture-layout/1', ...wanted };
}

function requireAgreement(
  store: ObjectStore,
  { agreed, wanted }: { readonly agreed: LayoutDocument; readonly wanted: WantedLayout },
): void {
  if (agreed.moved_to !== undefined) {
    throw new LakeError('conflict', 'the tier moved', {
      code: 'MOVED',
      details: { store: store.url, movedTo: agreed.moved_to },
    });
  }
  for (const key of ['tier', 'layout', 'raw_colons', 'views', 'copies'] as const) {
    const [found, expected] = [String(agreed[key]), String(wanted[key])];
    if (found === expected) continue;
    throw new LakeError('conflict', 'the tier is laid out otherwise', {
      code: 'LAYOUT',
      details: { store: store.url, key, found, expected },
    });
  }
}

/** Says of a tier where it is now (AP-35). @throws LakeError `missing` (`NO_TIER`) where there is none. */
export async function redirectLayout(
  store: ObjectStore,
  { tier, url }: { readonly tier: Tier; readonly url: string },
  { clock }: { readonly clock: Clock },
): Promise<void> {
  const name = (await findLayout(store, tier))?.name ?? LAYOUT_NAME;
  const change = (now: LayoutDocument | undefined): LayoutDocument => {
    if (now?.tier === tier) return { ...now, moved_to: url };
    throw new LakeError('missing', 'there is no such tier', {
      code: 'NO_TIER',
      details: { store: store.url, tier },
    });
  };
  await updateDocument(store, name, layoutSchema, change, { clock, ...DOCUMENT_TRIES });
}

interface FoundLayout {
  readonly name: string;
  readonly document: LayoutDocument;
}

/** The document of tiers of the same kind, of which a root has one. */
async function findLayout(store: ObjectStore, tier: Tier): Promise<FoundLayout | undefined> {
  for (const name of [LAYOUT_NAME, SECOND_NAMES[kindOf(tier)]]) {
    const document = await readDocument(store, name, layoutSchema);
    if (document !== undefined && isOfKind(document, tier)) return { name, document };
  }
  return undefined;
}

function isOfKind(document: LayoutDocument, tier: Tier): boolean {
  return kindOf(document.tier) === kindOf(tier);
}

function kindOf(tier: Tier): 'market' | 'availability' {
  return tier === 'availability' ? 'availability' : 'market';
}
