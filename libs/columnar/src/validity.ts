import { columnLength, type Column } from './batch.js';

/** `validity` when it marks at least one null, else `undefined`: a column without nulls carries no validity. */
export function presentOnly(validity: Uint8Array | undefined): Uint8Array | undefined {
  return validity === undefined || !validity.includes(0) ? undefined : validity;
}

/** The validity of columns standing one after another; `undefined` when none has a null. Nested columns have none. */
export function concatValidity(columns: readonly Column[]): Uint8Array | undefined {
  const lengths = columns.map(columnLength);
  if (columns.every((column) => validityOf(column) === undefined)) return undefined;
  const validity = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0)).fill(1);
  let row = 0;
  columns.forEach((column, i) => {
    const part = validityOf(column);
    if (part !== undefined) validity.set(part, row);
    row += lengths[i] ?? 0;
  });
  return presentOnly(validity);
}

function validityOf(column: Column): Uint8Array | undefined {
  return column.layout === 'nested' ? undefined : column.validity;
}
