import { readFileSync, writeFileSync } from 'node:fs';
import { commandsText } from '@ticklake/cli-kit/testing';
import { fingerprintSchema, typeText, type DataType, type Field } from '@ticklake/columnar';
import type { z } from 'zod';
import { app, VERSION } from './app.js';
import { HINTS } from './hints.js';
import { EXCLUDED_COLUMNS, INCLUDED_COLUMNS, TIER2_SCHEMA } from './tiers/tier2/columns.js';
import { tier2ManifestSchema } from './tiers/tier2/manifest.js';
import { DROPPED_COLUMNS, REST_COLUMN, TIER3_SCHEMA } from './tiers/tier3/columns.js';
import { tier3ManifestSchema } from './tiers/tier3/manifest.js';

/** Holds a document to what the code says; UPDATE_README=1 rewrites it. */
function expectDocument(name: string, text: string): void {
  const path = new URL(`../${name}`, import.meta.url);
  if (process.env['UPDATE_README'] === '1') writeFileSync(path, text);
  expect(readFileSync(path, 'utf8')).toBe(text);
}

it('COMMANDS.md shows the configuration as the schemas have it (UPDATE_README=1 rewrites it)', () => {
  expectDocument('COMMANDS.md', commandsText(app));
});

/** Every field below a column, lists as `[]` and maps as `{}`. */
function fieldRows(path: string, { type, nullable }: Field): string[] {
  const row = `| \`${path}\` | ${shortType(type)} | ${nullable ? '' : 'required'} |`;
  if (type.kind !== 'nested' || type.shape === 'map') return [row];
  if (type.shape === 'list') return [row, ...type.children.flatMap((child) => fieldRows(`${path}[]`, child))];
  return [row, ...type.children.flatMap((child) => fieldRows(`${path}.${child.name}`, child))];
}

function shortType(type: DataType): string {
  if (type.kind !== 'nested' || type.shape === 'map') return typeText(type);
  return type.shape === 'list' ? 'list' : 'struct';
}

/** The keys of a manifest, in their order. */
function manifestRows({ shape }: z.ZodObject): string[] {
  return Object.entries(shape).map(
    ([key, type]) => `| \`${key}\` | ${(type as z.ZodType).description ?? ''} |`,
  );
}

it('SCHEMA.md shows the columns and the manifest as the code has them (UPDATE_README=1 rewrites it)', () => {
  const text = [
    '# Schema of tier 3 and tier 2\n',
    'Made from the code by a test. Fingerprints of the columns, the same every day and every week:',
    `tier 3 \`${fingerprintSchema(TIER3_SCHEMA)}\`, tier 2 \`${fingerprintSchema(TIER2_SCHEMA)}\`.\n`,
    '## Columns of tier 3\n',
    'Null stands for `null`, for a key that is missing, and for `{}` where a struct or a map may be; an empty list stays one.',
    'Instants are UTC, in microseconds, whichever of the four spellings an entry has. `futures_raw` is null where there is no',
    `contract. ${DROPPED_COLUMNS.map((name) => `\`${name}\``).join(' and ')} are always empty and have no column; anything else that these`,
    `columns do not have stands in \`${REST_COLUMN}\`, as one JSON object by JSON pointer, and is counted in the manifest.\n`,
    '| field | type | |',
    '|---|---|---|',
    ...TIER3_SCHEMA.fields.flatMap((field) => fieldRows(field.name, field)),
    '\n## Columns of tier 2\n',
    `Of these, ${INCLUDED_COLUMNS.map((name) => `\`${name}\``).join(', ')}. Left out on purpose:`,
    `${EXCLUDED_COLUMNS.map((name) => `\`${name}\``).join(', ')}; and \`${REST_COLUMN}\`.`,
    '\n## Manifest of a day of tier 3\n',
    '| key | meaning |',
    '|---|---|',
    ...manifestRows(tier3ManifestSchema),
    '\n## Manifest of a week of tier 2\n',
    '| key | meaning |',
    '|---|---|',
    ...manifestRows(tier2ManifestSchema),
    '',
  ].join('\n');
  expectDocument('SCHEMA.md', text);
});

it('the columns of tier 3 are these, and change with the export version only', () => {
  expect(TIER3_SCHEMA.fields.map(({ name }) => name)).toEqual([
    'symbol',
    'snapshot_ts',
    'meta',
    'spot_raw',
    'futures_raw',
    'derived',
    'scores',
    'flags',
    'diag',
    'twitter_sentiment_windows',
    'twitter_sentiment_meta',
    'spot_prices',
    'unknown_json',
  ]);
  expect(fingerprintSchema(TIER3_SCHEMA)).toBe(
    'a80a11a27023ca3ce54af807f4ceec3ae11c8f7d617bc01901204b7e5a07319d',
  );
});

it('the version is that of the package', () => {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(VERSION).toBe((JSON.parse(manifest) as { version: string }).version);
});

it('the README tells of every code that has a hint', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(Object.keys(HINTS).filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});
