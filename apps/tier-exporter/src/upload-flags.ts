import { LakeError } from '@ticklake/core';

/**
 * The bucket that is published in; `undefined` for a local export, which `--dry-run` and no flag at all both mean (T3-07 … T3-10, C-23).
 *
 * @throws LakeError `invalid` (`USAGE`) for flags that contradict each other.
 */
export function uploadBucket({
  upload,
  dryRun,
  bucket,
}: {
  readonly upload: boolean;
  readonly dryRun: boolean;
  readonly bucket?: string | undefined;
}): string | undefined {
  if (upload && dryRun) {
    throw new LakeError('invalid', '--dry-run and --upload exclude each other', { code: 'USAGE' });
  }
  if (!upload) return undefined;
  if (bucket === undefined) throw new LakeError('invalid', '--upload needs --bucket', { code: 'USAGE' });
  return bucket;
}
