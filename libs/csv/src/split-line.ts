import { corrupt } from './corrupt.js';

/**
 * The fields of one line as text, without the quotes around them.
 *
 * @throws LakeError `corrupt` (`CSV_QUOTE`) where quotes do not come in pairs around a field.
 */
export function splitLine(line: string, delimiter: string, number: number): readonly string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const match = /^"((?:[^"]|"")*)"/.exec(line.slice(at));
      const next = at + (match?.[0].length ?? 0);
      if (match === null || (next < line.length && line[next] !== delimiter)) {
        throw corrupt('CSV_QUOTE', 'quotes do not come in pairs around a field', { line: number });
      }
      fields.push((match[1] ?? '').replaceAll('""', '"'));
      at = next;
    } else {
      const found = line.indexOf(delimiter, at);
      const end = found < 0 ? line.length : found;
      fields.push(line.slice(at, end));
      at = end;
    }
    if (at >= line.length) return fields;
    at += 1;
    if (at === line.length) return [...fields, ''];
  }
}
