import { isDeepStrictEqual } from 'node:util';
import { fingerprintSchema, typeText, type Arena } from '@ticklake/columnar';
import { isLakeError, type UtcDay } from '@ticklake/core';
import {
  balanceReceipt,
  readReceiptFooter,
  verifyParquet,
  type FileFacts,
  type Finding,
  type PublishedDataset,
} from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectSource } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { TIER3_SCHEMA } from './columns.js';
import { judgeRows, type RowSample } from './judge-rows.js';
import { manifestDigest } from '../manifest-proof.js';
import { tier3ManifestSchema, type Tier3Manifest } from './manifest.js';
import { projectionFindings } from './projection-findings.js';

/** How a day is verified. */
export interface VerifyOptions {
  readonly arena: Arena;
  readonly sample: RowSample;
  /** A data object below this size cannot be a day. */
  readonly sizeMinBytes: number;
  readonly signal: AbortSignal;
}

/** What a verification found out about one day. */
export interface DayVerdict {
  readonly day: UtcDay;
  /** Of the store, where the day lies. */
  readonly directory: string;
  /** `undefined` when the data object could not be read to its end. */
  readonly facts: FileFacts | undefined;
  readonly findings: readonly Finding[];
}

/**
 * Reads every byte of a day of tier 3 and holds it against its manifest, its own footer, the schema of this version, and what is usual
 * (VF-03 … VF-13). Bad data is a finding and never thrown.
 *
 * @throws LakeError `unavailable`, `denied`, `cancelled`, or `conflict` when the day was replaced meanwhile: nothing was judged.
 */
export async function verifyDay(
  dataset: PublishedDataset<Tier3Manifest>,
  day: UtcDay,
  options: VerifyOptions,
): Promise<DayVerdict> {
  const findings: Finding[] = [];
  const facts = await inspect(dataset, { day, options, findings });
  return { day, directory: dataset.directory, facts, findings };
}

interface Inspection {
  readonly day: UtcDay;
  readonly options: VerifyOptions;
  readonly findings: Finding[];
}

async function inspect(
  dataset: PublishedDataset<Tier3Manifest>,
  { day, options, findings }: Inspection,
): Promise<FileFacts | undefined> {
  const manifest = await readClaims(dataset, findings);
  if (manifest !== undefined) findings.push(...manifestFindings(manifest, day));
  const name = manifest?.data ?? dataset.dataName;
  const data = await openData(dataset, name, findings);
  if (data === undefined) return undefined;
  if (data.size < options.sizeMinBytes) {
    const details = { sizeBytes: data.size, min: options.sizeMinBytes };
    findings.push(error('size', 'the data object is too small for a day', details));
  }
  const { arena, signal } = options;
  const verified = await verifyParquet(data, manifest === undefined ? {} : expectedFacts(manifest), {
    ...{ arena, orderBy: [], sequence: undefined, exclude: [], signal },
    limits: PUBLISHED_LIMITS,
  });
  findings.push(...verified.findings);
  if (verified.facts === undefined) return undefined;
  const reader = await openParquet({ source: data, arena }, PUBLISHED_LIMITS);
  try {
    const wrong = columnFindings(reader);
    findings.push(...wrong, ...footerFindings(reader, manifest));
    if (wrong.length === 0) findings.push(...(await judgeRows(reader, { ...options, day })));
    if (wrong.length === 0 && manifest !== undefined) {
      findings.push(...(await projectionFindings({ reader, source: data, manifest }, options)));
    }
  } finally {
    reader.close();
  }
  return verified.facts;
}

function error(check: string, message: string, details: Readonly<Record<string, unknown>> = {}): Finding {
  return { check, severity: 'error', message, details };
}

/** A manifest below this size says nothing. */
const MANIFEST_BYTES_MIN = 50;

async function readClaims(
  { store, directory, manifestName }: PublishedDataset<Tier3Manifest>,
  findings: Finding[],
): Promise<Tier3Manifest | undefined> {
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
  const parsed = tier3ManifestSchema.safeParse(document);
  if (!parsed.success) {
    const details = {
      key,
      reason: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    };
    findings.push(error('manifest', 'the manifest is not one of tier 3', details));
    return undefined;
  }
  if (manifestDigest(document as object) !== parsed.data.manifest_sha256) {
    findings.push(error('manifest', 'the manifest does not have its own SHA-256', { key }));
  }
  return parsed.data;
}

async function openData(
  { store, directory }: PublishedDataset<Tier3Manifest>,
  name: string,
  findings: Finding[],
): Promise<ObjectSource | undefined> {
  try {
    return await store.open(directory + name);
  } catch (failure) {
    if (!isLakeError(failure, 'missing')) throw failure;
    findings.push(error('presence', 'the data object is not there', { key: directory + name }));
    return undefined;
  }
}

function expectedFacts(manifest: Tier3Manifest): Partial<FileFacts> {
  return {
    rowCount: manifest.row_count,
    sizeBytes: manifest.parquet_size_bytes,
    sha256: manifest.parquet_sha256,
    schemaFingerprint: manifest.schema_sha256,
    content: manifest.content,
  };
}

/** Whether a manifest agrees with itself (VF-06). */
function* manifestFindings(manifest: Tier3Manifest, day: UtcDay): Generator<Finding> {
  const { date_utc, hours, missing_hours, hours_found, row_count, complete, receipt, sources } = manifest;
  if (date_utc !== day)
    yield error('date', 'the manifest is of another day', { expected: day, actual: date_utc });
  const missing = hours.filter((hour) => !hour.complete).map(({ hour }) => hour);
  const rows = hours.reduce((sum, hour) => sum + hour.rows, 0);
  const isConsistent =
    hours.every(({ hour }, i) => hour === i) &&
    isDeepStrictEqual(missing, missing_hours) &&
    hours_found === 24 - missing.length &&
    complete === (missing.length === 0) &&
    rows === row_count;
  if (!isConsistent)
    yield error('hours', 'the hours of the manifest contradict each other', { rows, rowCount: row_count });
  else if (!complete) {
    const details = { missingHours: missing.join() };
    yield {
      check: 'hours',
      severity: 'warning',
      message: 'the export is not complete, and says so',
      details,
    };
  }
  try {
    const balanced = balanceReceipt(sources, { ...receipt.output, rows: row_count });
    if (!isDeepStrictEqual(balanced, receipt))
      yield error('receipt', 'the receipt is not that of the sources');
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    yield error('receipt', failure.message, failure.details);
  }
}

/** Names, types and nesting (VF-08). */
function columnFindings({ schema }: ParquetReader): readonly Finding[] {
  if (fingerprintSchema(schema) === fingerprintSchema(TIER3_SCHEMA)) return [];
  const typeOf = (fields: typeof schema.fields, name: string) => {
    const field = fields.find((one) => one.name === name);
    return field === undefined ? 'none' : typeText(field.type);
  };
  const names = [...new Set([...TIER3_SCHEMA.fields, ...schema.fields].map(({ name }) => name))];
  const differing = names.filter((name) => typeOf(schema.fields, name) !== typeOf(TIER3_SCHEMA.fields, name));
  return [error('columns', 'the columns are not those of tier 3', { columns: differing.join() })];
}

function footerFindings(
  { metadata }: ParquetReader,
  manifest: Tier3Manifest | undefined,
): readonly Finding[] {
  try {
    const footer = readReceiptFooter(metadata);
    if (footer === undefined) return [error('receipt', 'the file carries no receipt')];
    const agrees =
      manifest === undefined ||
      (isDeepStrictEqual(footer.receipt, manifest.receipt) &&
        isDeepStrictEqual(footer.sources, manifest.sources));
    return agrees ? [] : [error('receipt', 'the file carries another receipt than its manifest')];
  } catch (failure) {
    if (!isLakeError(failure, 'corrupt')) throw failure;
    return [error('receipt', failure.message, failure.details)];
  }
}
