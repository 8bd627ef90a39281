import { openReadOnly } from '../open-stores.js';
import { openTier, type OpenTier } from '../reader/open-tier.js';

/** Opens the tier that a command is about, wherever it moved. @throws LakeError as {@link openTier}. */
export function openLakeTier(
  {
    tier,
    lake,
    root,
  }: {
    readonly tier: OpenTier['layout']['document']['tier'];
    readonly lake: string;
    readonly root?: string | undefined;
  },
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenTier> {
  return openTier(openReadOnly(lake, env), tier, { root, openMoved: (url) => openReadOnly(url, env) });
}
