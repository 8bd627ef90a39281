import { isLakeError } from '@ticklake/core';
import { manifestDigest, type Finding, type PublishedDataset } from '@ticklake/manifest';
import type { z } from 'zod';
import { error, type TierNumber } from './verdict.js';

/** A manifest below this size says nothing. */
const MANIFEST_BYTES_MIN = 50;

/** Where a manifest of a tier is, and what it must be. */
export interface ClaimsPlace<M> extends Pick<PublishedDataset<M>, 'store' | 'directory' | 'manifestName'> {
  readonly tier: TierNumber;
  readonly manifestSchema: z.ZodType<M>;
}

/**
 * The manifest, however bad the rest is; `undefined` when it is not there or cannot be understood. What is wrong with it goes to `findings`,
 * its own digest too: no byte of it that means something changes unseen.
 *
 * @throws LakeError `unavailable` or `denied` where the store cannot be asked.
 */
export async function readClaims<M extends { readonly manifest_sha256: string }>(
  { store, directory, manifestName, manifestSchema, tier }: ClaimsPlace<M>,
  findings: Finding[],
): Promise<M | undefined> {
  const key = directory + manifestName;
  let bytes: Uint8Array;
  try {
    ({ bytes } = await store.get(key));
  } catch (failure) {
    if (isLakeError(failure, 'missing'))
      findings.push(error('presence', 'the manifest is not there', { key }));
    else if (isLakeError(failure, 'corrupt')) {
      findings.push(error('manifest', 'the manifest cannot be read', { key, reason: failure.message }));
    } else throw failure;
    return undefined;
  }
  if (bytes.length < MANIFEST_BYTES_MIN) {
    findings.push(error('size', 'the manifest is too small', { key, sizeBytes: bytes.length }));
  }
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    findings.push(error('manifest', 'the manifest is not JSON', { key }));
    return undefined;
  }
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) {
    const reason = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    findings.push(error('manifest', `the manifest is not one of tier ${tier}`, { key, reason }));
    return undefined;
  }
  if (manifestDigest(document as object) !== parsed.data.manifest_sha256) {
    findings.push(error('manifest', 'the manifest does not have its own SHA-256', { key }));
  }
  return parsed.data;
}
