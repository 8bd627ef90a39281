import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandsText } from '@ticklake/cli-kit/testing';
import { typeText, type Field } from '@ticklake/columnar';
import { ARCHITECTURE_DATASETS, KNOWN_EXCHANGES, type ArchitectureDataset } from '@ticklake/market';
import { layoutNames, layoutOf, type Tier } from '@ticklake/partition';
import type { z } from 'zod';
import { app } from './app.js';
import { HINTS } from './hints.js';
import { layoutSchema } from './layout/layout-document.js';
import { derivedFromSchema, partitionManifestSchema } from './partitions/manifest.js';
import { VERSION } from './version.js';

const fileAt = (name: string) => new URL(`../${name}`, import.meta.url);
const readme = () => readFileSync(fileAt('README.md'), 'utf8');

it('COMMANDS.md shows the configuration as the schemas have it (UPDATE_README=1 rewrites it)', () => {
  const text = commandsText(app);
  if (process.env['UPDATE_README'] === '1') writeFileSync(fileAt('COMMANDS.md'), text);
  expect(readFileSync(fileAt('COMMANDS.md'), 'utf8')).toBe(text);
});

it('manifests show the version of the package', () => {
  expect(JSON.parse(readFileSync(fileAt('package.json'), 'utf8'))).toMatchObject({ version: VERSION });
});

/** `ask_price_1 … ask_price_25` instead of 25 columns. */
function columnsText(fields: readonly Field[]): string {
  const words: string[] = [];
  fields.forEach((field, i) => {
    const [stem, number] = partsOf(field);
    const follows = number > 1 && partsOf(fields[i - 1]).join() === `${stem},${number - 1}`;
    const goesOn = partsOf(fields[i + 1]).join() === `${stem},${number + 1}`;
    if (follows && goesOn) return;
    words.push(follows ? `… ${columnText(field)}` : columnText(field));
  });
  return words.join(', ').replaceAll(', …', ' …');
}

function partsOf(field: Field | undefined): readonly [stem: string, number: number] {
  const [, stem = '', number = ''] = /^(.*)_(\d+)$/.exec(field?.name ?? '') ?? [];
  return [stem, Number(number)];
}

function columnText({ name, type, nullable }: Field): string {
  const text =
    { 'timestamp[us,utc]': 'instant', utf8: 'text', float64: 'double' }[typeText(type)] ?? typeText(type);
  return `\`${name}\` ${text}${nullable ? '?' : ''}`;
}

/** Data types that have the same columns stand in one row. */
function dataTypeRows(): readonly string[] {
  const rows = new Map<string, ArchitectureDataset[]>();
  for (const dataset of ARCHITECTURE_DATASETS) {
    const columns = `${dataset.tier} | ${columnsText(dataset.schema.fields)}${dataset.isPassThrough ? ', and whatever else there is' : ''}`;
    rows.set(columns, [...(rows.get(columns) ?? []), dataset]);
  }
  return [...rows].map(
    ([columns, all]) => `| ${all.map(({ name }) => `\`${name}\``).join(', ')} | ${columns} |`,
  );
}

/** The keys of a document, in their order. */
function keyRows({ shape }: z.ZodObject, of = ''): readonly string[] {
  return Object.entries(shape).map(([key, type]) => {
    const { description = '' } = type as z.ZodType;
    return `| \`${of}${key}\` | ${description} |`;
  });
}

function viewRows(): readonly string[] {
  return layoutNames.map((name) => {
    const layout = layoutOf(name);
    const roots = (['execution', 'ml', 'availability'] as const).map((tier) => `\`${layout.roots[tier]}/\``);
    const views = (tier: Tier) => (tier === 'availability' ? layout.availability() : layout.market(tier));
    const lists = (['execution', 'ml', 'availability'] as const).map((tier) =>
      views(tier)
        .map(({ view }) => `\`${view}\``)
        .join(', '),
    );
    return `| ${name} | ${roots.map((root, i) => `${root}: ${lists[i]}`).join(' | ')} |`;
  });
}

/** Tables of the README that are made of the code, by the name in the comments around them. */
const TABLES: Readonly<Record<string, () => readonly string[]>> = {
  'data types': () => ['| data type | tier | columns |', '|---|---|---|', ...dataTypeRows()],
  exchanges: () => [KNOWN_EXCHANGES.map((exchange) => `\`${exchange}\``).join(', ')],
  views: () => ['| layout | execution | ml | availability |', '|---|---|---|---|', ...viewRows()],
  layout: () => ['| key | meaning |', '|---|---|', ...keyRows(layoutSchema)],
  manifest: () => [
    ...['| key | meaning |', '|---|---|', ...keyRows(partitionManifestSchema)],
    ...keyRows(partitionManifestSchema.shape.copies.element, 'copies[].'),
    ...keyRows(derivedFromSchema, 'derived_from.'),
  ],
};

it.each(Object.keys(TABLES))(
  'the README has the table of %s as the code has it (UPDATE_README=1 rewrites it)',
  (name) => {
    const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
    const text = readme();
    const [before = '', rest = ''] = text.split(begin);
    const after = rest.slice(rest.indexOf(end));
    expect(after.startsWith(end)).toBe(true);
    const wanted = `${before}${begin}\n${TABLES[name]?.().join('\n')}\n\n${after}`;
    if (process.env['UPDATE_README'] === '1') writeFileSync(fileAt('README.md'), wanted);
    expect(readme()).toBe(wanted);
  },
);

describe('hints', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));

  /** The text of everything that may make an error. */
  function sources(): string {
    const folders = [
      'apps/partitioner/src',
      ...readdirSync(join(root, 'libs')).map((name) => `libs/${name}/src`),
    ];
    const paths = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(
          (path) => path.endsWith('.ts') && !/\.spec\.ts$|hints\.ts$|\/(testing|spec-support)\//.test(path),
        )
        .map((path) => join(root, folder, path)),
    );
    return paths.map((path) => readFileSync(path, 'utf8')).join('\n');
  }

  it('are for codes that errors have', () => {
    const text = sources();
    expect(Object.keys(HINTS).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });

  it('name only flags that there are', () => {
    const flags = Object.values(HINTS).flatMap((hint) => hint.match(/--[a-z-]+/g) ?? []);
    expect(flags.length).toBeGreaterThan(10);
    const commands = commandsText(app);
    expect(flags.filter((flag) => !commands.includes(`\`${flag}\``))).toEqual([]);
  });

  it('are explained in the README, every one', () => {
    const text = readme();
    expect(Object.keys(HINTS).filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });
});
