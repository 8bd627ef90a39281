import { allocFixed } from '../alloc-fixed.js';
import type { Column } from '../batch.js';
import { fixedWords } from '../fixed-words.js';
import { isFixedType, type DataType, type Field } from '../schema.js';
import { leavesOf, shapeOf, type NestedShape } from '../striped/nested-shape.js';
import type { StripedRows } from '../striped/striped-rows.js';

interface Slots {
  readonly definitions: number[];
  readonly repetitions: number[];
  readonly values: unknown[];
}

/** Plain rows of a nested field taken apart, the slow and obvious way: for tests. */
export function stripeRows(field: Field, rows: readonly unknown[]): StripedRows {
  const shape = shapeOf(field);
  const leaves = leavesOf(shape);
  const slots = leaves.map((): Slots => ({ definitions: [], repetitions: [], values: [] }));
  const absent = (node: NestedShape, repetition: number, definition: number) => {
    for (const { leaf } of leavesOf(node)) {
      slots[leaf]?.definitions.push(definition);
      slots[leaf]?.repetitions.push(repetition);
    }
  };
  const put = (node: NestedShape, value: unknown, at: { repetition: number; above: number }): void => {
    const { repetition, above } = at;
    if (value === null) return absent(node, repetition, above);
    if (node.shape === 'leaf') {
      absent(node, repetition, node.definition);
      slots[node.leaf]?.values.push(value);
      return;
    }
    const items = value as readonly unknown[];
    if (node.shape === 'struct') {
      const inside = { repetition, above: node.definition };
      node.children.forEach((child, i) => put(child, items[i] ?? null, inside));
      return;
    }
    if (items.length === 0) return absent(node.element, repetition, node.definition);
    items.forEach((item, i) =>
      put(node.element, item, {
        repetition: i === 0 ? repetition : node.elementRepetition,
        above: node.elementDefinition,
      }),
    );
  };
  for (const row of rows) put(shape, row, { repetition: 0, above: 0 });
  return {
    shape,
    rowCount: rows.length,
    leaves: leaves.map(({ type, definition }, i) => {
      const { definitions, repetitions, values } = slots[i] as Slots;
      return {
        slotCount: definitions.length,
        definitions: definitions.every((level) => level === definition)
          ? undefined
          : Uint8Array.from(definitions),
        repetitions: repeats(shape, i) ? Uint8Array.from(repetitions) : undefined,
        values: columnOfValues(type, values),
      };
    }),
  };
}

function repeats(shape: NestedShape, leaf: number): boolean {
  if (shape.shape === 'leaf') return false;
  if (shape.shape !== 'struct') return leaf >= shape.leaves[0] && leaf < shape.leaves[1];
  return shape.children.some(
    (child) => leavesOf(child).some((one) => one.leaf === leaf) && repeats(child, leaf),
  );
}

function columnOfValues(type: DataType, values: readonly unknown[]): Column {
  if (isFixedType(type)) {
    const fixed = allocFixed(type, values.length);
    values.forEach((value, i) => {
      fixed[i] = typeof value === 'boolean' ? Number(value) : (value as number);
      if (Number.isNaN(value)) quieten(fixed, i);
    });
    return { layout: 'fixed', values: fixed };
  }
  const parts = values.map((value) =>
    typeof value === 'string' ? new TextEncoder().encode(value) : (value as Uint8Array),
  );
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, i) => (offsets[i + 1] = (offsets[i] as number) + part.length));
  return { layout: 'bytes', values: { offsets, data: new Uint8Array(Buffer.concat(parts)) } };
}

/** What bits a plain NaN leaves is up to the engine. */
function quieten(values: Parameters<typeof fixedWords>[0], index: number): void {
  const { words, perValue } = fixedWords(values);
  words[index * perValue] = perValue === 1 ? 0x7fc0_0000 : 0;
  if (perValue === 2) words[index * 2 + 1] = 0x7ff8_0000;
}
