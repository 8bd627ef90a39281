import { isFixedType, type Field } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { BytesSpillColumn } from './bytes-spill-column.js';
import { FixedSpillColumn } from './fixed-spill-column.js';
import type { SpillColumn } from './spill-column.js';

/** How rows of a field are spilled. @throws LakeError `invalid` (`NESTED`) for a nested one. */
export function spillColumn({ name, type, nullable }: Field): SpillColumn {
  if (type.kind === 'nested') {
    throw new LakeError('invalid', 'nested rows cannot be spilled', {
      code: 'NESTED',
      details: { column: name },
    });
  }
  return isFixedType(type) ? new FixedSpillColumn(type, nullable) : new BytesSpillColumn(nullable);
}
