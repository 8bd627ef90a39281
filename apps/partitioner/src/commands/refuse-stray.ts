import { LakeError } from '@ticklake/core';

/**
 * An argument that a tier has nothing of is a mistake, and not passed over.
 *
 * @throws LakeError `invalid` (`ARGUMENT`) for the first that is given.
 */
export function refuseStray(tier: string, values: Readonly<Record<string, unknown>>): void {
  const [stray] = Object.entries(values).filter(([, value]) => value !== undefined);
  if (stray === undefined) return;
  throw new LakeError('invalid', 'a tier has nothing of that', {
    code: 'ARGUMENT',
    details: { tier, argument: stray[0] },
  });
}
