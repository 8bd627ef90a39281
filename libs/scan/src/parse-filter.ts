import { LakeError } from '@ticklake/core';
import type { Filter, FilterOperator, FilterValue } from './filter.js';

const FILTER = /^([A-Za-z_][A-Za-z0-9_.]*)\s*(<=|>=|!=|==|=|<|>)\s*(.*)$/;

/**
 * A condition as a command line has it: `price>=9000`, `side=buy`. What reads as a number is one, whole ones of any length exactly; what stands
 * in quotes is text.
 *
 * @throws LakeError `invalid` (`FILTER`) for a text that is no condition.
 */
export function parseFilter(text: string): Filter {
  const [, column, operator, value] = FILTER.exec(text) ?? [];
  if (column === undefined || operator === undefined || value === undefined || value === '') {
    throw new LakeError('invalid', 'not a condition such as price>=9000 or side=buy', {
      code: 'FILTER',
      details: { text },
    });
  }
  return [column, operator as FilterOperator, valueOf(value)];
}

function valueOf(text: string): FilterValue {
  if (/^(".*"|'.*')$/.test(text) && text.length > 1) return text.slice(1, -1);
  if (/^-?\d+$/.test(text)) return BigInt(text);
  if (/^-?\d*\.?\d+([eE][+-]?\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}
