import { escapeHtml } from './escape-html.js';

/** A column: numbers unless it says otherwise; `wide` text may break into lines. */
export interface HtmlColumn {
  readonly title: string;
  readonly kind?: 'text' | 'wide';
}

/** A table of plain texts, every one of them escaped; each row has a cell for each column. */
export function htmlTable(
  caption: string,
  columns: readonly HtmlColumn[],
  rows: readonly (readonly string[])[],
): string {
  const classes = columns.map(({ kind }) => (kind === undefined ? '' : ` class="text ${kind}"`));
  const head = columns
    .map(({ title }, i) => `<th scope="col"${classes[i]}>${escapeHtml(title)}</th>`)
    .join('');
  const body = rows.map(
    (row) => `<tr>${row.map((cell, i) => `<td${classes[i]}>${escapeHtml(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="table"><table><caption>${escapeHtml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody></table></div>`;
}
