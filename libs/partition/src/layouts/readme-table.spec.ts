import { readFileSync, writeFileSync } from 'node:fs';

import { layoutNames, layoutOf, type Tier, type ViewScheme } from './index.js';

const readmePath = new URL('../../README.md', import.meta.url);
const BEGIN = '<!-- views -->\n';
const END = '<!-- end of views -->\n';

function tableOfViews(): string {
  const rows = layoutNames.flatMap((name) => {
    const layout = layoutOf(name);
    const row = (tier: Tier, { template }: Pick<ViewScheme<never>, 'template'>) => [
      name,
      tier,
      `\`${layout.roots[tier]}/${template}\``,
    ];
    return [
      ...(['execution', 'ml'] as const).flatMap((tier) => layout.market(tier).map((view) => row(tier, view))),
      ...layout.availability().map((view) => row('availability', view)),
    ];
  });
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[], fill = ' ') =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, fill)).join(' | ')} |\n`;
  return [line(['layout', 'tier', 'key']), line(['', '', ''], '-'), ...rows.map((row) => line(row))].join('');
}

it('the README has every view of every layout (UPDATE_README=1 rewrites it)', () => {
  const readme = readFileSync(readmePath, 'utf8');
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  expect(end).toBeGreaterThan(begin);
  expect(begin).toBeGreaterThan(0);
  const wanted = `${readme.slice(0, begin)}${BEGIN}\n${tableOfViews()}\n${readme.slice(end)}`;
  if (process.env['UPDATE_README'] === '1') writeFileSync(readmePath, wanted);
  expect(readFileSync(readmePath, 'utf8')).toBe(wanted);
});
