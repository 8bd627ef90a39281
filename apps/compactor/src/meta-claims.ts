import type { FileFacts, Finding } from '@ticklake/manifest';

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
const WANTED: readonly (readonly [field: string, loss: string])[] = [
  ['row_count', 'the number of rows'],
  ['sha256', 'a check of the bytes'],
  ['size_bytes', 'a check of the size'],
  ['ts_event_min', 'the start of the time range'],
  ['ts_event_max', 'the end of the time range'],
  ['schema_sha256', 'a check of the columns'],
  ['content', 'a check of the rows that survives re-encoding'],
  ['sources', 'which files the rows came from'],
  ['receipt', 'the proof that no row was lost'],
];

/**
 * Reads the fields of our own `meta.json`, and under their older names those of the original compactor: `rows` for
 * `row_count`, and time bounds as JSON numbers (originals §1.6). What is missing or unreadable is a finding.
 */
export function readClaims(document: unknown): {
  readonly claims: MetaClaims;
  readonly findings: readonly Finding[];
} {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    const finding = {
      check: 'meta',
      severity: 'error',
      message: 'meta.json is not a JSON object',
      details: {},
    } as const;
    return { claims: readFields(new Map()), findings: [finding] };
  }
  const fields = new Map<string, unknown>(Object.entries(document));
  if (!fields.has('row_count') && fields.has('rows')) fields.set('row_count', fields.get('rows'));
  const findings = WANTED.filter(([field]) => !fields.has(field)).map(
    ([field, loss]): Finding => ({
      check: 'meta',
      severity: 'warning',
      message: `meta.json lacks ${field}: ${loss}`,
      details: { field },
    }),
  );
  return { claims: readFields(fields), findings };
}

function readFields(fields: ReadonlyMap<string, unknown>): MetaClaims {
  return {
    data: plainName(fields.get('data')) ?? 'data.parquet',
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
