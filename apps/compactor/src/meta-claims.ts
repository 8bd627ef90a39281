import type { FileFacts, Finding } from '@ticklake/manifest';
import { metaSchema } from './documents.js';
import { DATA_NAME } from './partition-key.js';

/** What a `meta.json` says about its data object, whoever wrote it. Absent where it says nothing usable. */
export interface MetaClaims {
  /** Relative key of the data object. */
  readonly data: string;
  readonly rowCount: number | undefined;
  readonly sizeBytes: number | undefined;
  readonly sha256: string | undefined;
  readonly schemaFingerprint: string | undefined;
  readonly timeMin: bigint | undefined;
  readonly timeMax: bigint | undefined;
  readonly content: FileFacts['content'] | undefined;
}

/** Fields whose absence makes a partition less provable, and what is lost without each. */
const WANTED: readonly (readonly [field: keyof typeof metaSchema.shape, loss: string])[] = [
  ['row_count', 'the number of rows'],
  ['sha256', 'a check of the bytes'],
  ['size_bytes', 'a check of the size'],
  ['ts_event_min', 'the start of the time range'],
  ['ts_event_max', 'the end of the time range'],
  ['schema_sha256', 'a check of the columns'],
  ['content', 'a check of the rows that survives re-encoding'],
  ['created_at', 'when it was published'],
  ['source_files', 'how many files the rows came from'],
  ['sources', 'which files the rows came from'],
  ['receipt', 'the proof that no row was lost'],
];

/** Fields that programs before us wrote as JSON numbers, which are exact below 2^53 only. */
const NUMBERS: readonly string[] = ['ts_event_min', 'ts_event_max'];

/**
 * Reads the fields of our own `meta.json`, and under their older names those of the original compactor: `rows` for
 * `row_count`, and time bounds as JSON numbers (originals §1.6). What is missing is a warning, what is written in
 * another way is told, and what cannot be read is an error: it would otherwise go unchecked.
 */
export function readClaims(document: unknown): {
  readonly claims: MetaClaims;
  readonly findings: readonly Finding[];
} {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    const findings = [finding('error', 'meta.json is not a JSON object', {})];
    return { claims: readFields(new Map()), findings };
  }
  const fields = new Map<string, unknown>(Object.entries(document));
  const findings: Finding[] = [];
  if (!fields.has('row_count') && fields.has('rows')) {
    fields.set('row_count', fields.get('rows'));
    findings.push(finding('info', 'meta.json calls row_count rows', { field: 'row_count' }));
  }
  for (const [field, loss] of WANTED) findings.push(...fieldFindings(field, fields.get(field), loss));
  if (fields.has('data') && plainName(fields.get('data')) === undefined) {
    findings.push(finding('error', 'meta.json has an unreadable data', { field: 'data' }));
  }
  const whole = metaSchema.safeParse(document);
  if (findings.length === 0 && !whole.success) {
    const places = whole.error.issues.map(({ path }) => path.join('.')).join(', ');
    findings.push(finding('error', 'meta.json has unreadable or missing fields', { fields: places }));
  }
  return { claims: readFields(fields), findings };
}

function fieldFindings(field: (typeof WANTED)[number][0], value: unknown, loss: string): Finding[] {
  if (metaSchema.shape[field].safeParse(value).success) return [];
  if (value === undefined || value === null) {
    return [finding('warning', `meta.json lacks ${field}: ${loss}`, { field })];
  }
  if (NUMBERS.includes(field) && integer(value) !== undefined) {
    return [finding('info', `meta.json has ${field} as a JSON number`, { field })];
  }
  return [finding('error', `meta.json has an unreadable ${field}: ${loss}`, { field })];
}

function finding(severity: Finding['severity'], message: string, details: Finding['details']): Finding {
  return { check: 'meta', severity, message, details };
}

function readFields(fields: ReadonlyMap<string, unknown>): MetaClaims {
  return {
    data: plainName(fields.get('data')) ?? DATA_NAME,
    rowCount: count(fields.get('row_count')),
    sizeBytes: count(fields.get('size_bytes')),
    sha256: text(fields.get('sha256')),
    schemaFingerprint: text(fields.get('schema_sha256')),
    timeMin: integer(fields.get('ts_event_min')),
    timeMax: integer(fields.get('ts_event_max')),
    content: content(fields.get('content')),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** One path component: a manifest must not point outside its partition. */
function plainName(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value) ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function integer(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined;
}

function content(value: unknown): FileFacts['content'] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { multiset, ordered } = value as Readonly<Record<string, unknown>>;
  return typeof multiset === 'string' && typeof ordered === 'string' ? { multiset, ordered } : undefined;
}
