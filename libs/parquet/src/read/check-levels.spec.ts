import { shapeOf, type Field, type StripedLeaf } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import { checkLevels, levelRules } from './check-levels.js';

const int = { kind: 'int', bits: 32, signed: true } as const;

/** `struct<a: int, sides: list<struct<b: int, c: list<int>>>, d: int>`, everything nullable. */
const field: Field = {
  name: 'x',
  nullable: true,
  type: {
    kind: 'nested',
    shape: 'struct',
    children: [
      { name: 'a', nullable: true, type: int },
      {
        name: 'sides',
        nullable: true,
        type: list({
          kind: 'nested',
          shape: 'struct',
          children: [
            { name: 'b', nullable: true, type: int },
            { name: 'c', nullable: true, type: list(int) },
          ],
        }),
      },
      { name: 'd', nullable: true, type: int },
    ],
  },
};

function list(element: Field['type']): Field['type'] {
  return { kind: 'nested', shape: 'list', children: [{ name: 'element', nullable: true, type: element }] };
}

/** Slots as `repetition:definition`. */
function leaf(slots: string): StripedLeaf {
  const levels = slots.split(' ').map((slot) => slot.split(':').map(Number));
  return {
    slotCount: levels.length,
    repetitions: Uint8Array.from(levels, ([repetition]) => repetition!),
    definitions: Uint8Array.from(levels, ([, definition]) => definition!),
    values: { layout: 'fixed', values: new Int32Array(0) },
  };
}

const rules = levelRules(shapeOf(field));
const verdict = (a: string, b: string, c: string, d: string) => {
  const leaves = [a, b, c, d].map(leaf);
  try {
    checkLevels(rules, { shape: shapeOf(field), rowCount: 1, leaves });
    return 'good';
  } catch (error) {
    return isLakeError(error, 'corrupt') ? error.message : String(error);
  }
};

const SHAPE = 'the columns of a nested value disagree about its shape';
const BEGINS = 'a row does not begin where the one before ends';

// Of a row: 0 none, 1 the struct; of the list 2 there, 3 an element, 4 its struct; below it 5 a value or a list, 6 an element, 7 a value.
it.each<[string, string, string, string, string, string]>([
  ['no struct', 'good', '0:0', '0:0', '0:0', '0:0'],
  ['an empty list', 'good', '0:2', '0:2', '0:2', '0:1'],
  ['two elements, the second with a list of three', 'good', '0:2', '0:5 1:4', '0:4 1:7 2:7 2:6', '0:2'],
  ['two rows', 'good', '0:2 0:0', '0:5 0:0', '0:5 0:0', '0:2 0:0'],
  ['a list that begins in the middle', BEGINS, '0:2', '1:5', '1:5', '0:2'],
  ['one leaf has a struct where the next has none', SHAPE, '0:2', '0:0', '0:0', '0:0'],
  ['one leaf has an element where its neighbour has none', SHAPE, '0:2', '0:5', '0:2', '0:2'],
  ['one leaf has an element more', SHAPE, '0:2', '0:5 1:5', '0:5', '0:2'],
  ['one leaf has a row more', SHAPE, '0:2', '0:2', '0:2', '0:2 0:2'],
  ['an element after an empty list', SHAPE, '0:2', '0:2 1:5', '0:2 1:5', '0:2'],
  ['a null that goes on', SHAPE, '0:2', '0:5 1:2', '0:5 1:2', '0:2'],
  ['an inner list that goes on where it is empty', SHAPE, '0:2', '0:5', '0:5 2:7', '0:2'],
])('%s: %s', (_, expected, ...levels) => {
  expect(verdict(...levels)).toBe(expected);
});
