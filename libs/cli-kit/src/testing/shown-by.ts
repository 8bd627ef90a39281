import { readFileSync } from 'node:fs';

/** A row of a table that says by which tests each of its rows is shown. */
export interface ShownRow {
  /** Its first cell. */
  readonly row: string;
  readonly shownBy: readonly { readonly file: URL; readonly text: string }[];
}

/** Rows of the Markdown at `table` whose last column names tests as `path › text`, the path from the folder of the table. */
export function readShownRows(table: URL): readonly ShownRow[] {
  return readFileSync(table, 'utf8')
    .split('\n')
    .filter((line) => line.includes(' › '))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, row = '', , ...rest]) => ({
      row,
      shownBy: [...rest.join('|').matchAll(/`([^`]+?) › ([^`]+?)`/g)].map(([, path = '', text = '']) => ({
        text,
        file: new URL(path, table),
      })),
    }));
}

/** What a row names that is not there; the row itself where it names nothing. */
export function missingTests({ row, shownBy }: ShownRow): readonly string[] {
  if (shownBy.length === 0) return [row];
  return shownBy.flatMap(({ file, text }) =>
    readFileSync(file, 'utf8').includes(text) ? [] : [`${file.pathname} › ${text}`],
  );
}
