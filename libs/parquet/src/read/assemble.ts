import { corrupt } from '../format/corrupt.js';
import { takeValue, type LeafLevels } from './leaf-levels.js';
import type { Shape } from './schema-tree.js';

/**
 * The next value of a nested column from the levels of its leaves, which must agree with one another about where
 * structures begin and which are null.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`).
 */
export function assembleValue(shape: Shape, leaves: readonly LeafLevels[]): unknown {
  switch (shape.shape) {
    case 'leaf':
      return assembleLeaf(leaves[shape.leaf] as LeafLevels);
    case 'struct': {
      if (shape.optional && isAbsent(shape.leaves, shape.definition, leaves)) return null;
      return shape.children.map((child) => assembleValue(child, leaves));
    }
    case 'list':
    case 'map':
      return assembleList(shape, leaves);
  }
}

type ListShape = Extract<Shape, { shape: 'list' | 'map' }>;

function assembleList(shape: ListShape, leaves: readonly LeafLevels[]): unknown {
  if (shape.optional && isAbsent(shape.leaves, shape.definition, leaves)) return null;
  if (isAbsent(shape.leaves, shape.elementDefinition, leaves)) return [];
  const items: unknown[] = [];
  do items.push(assembleValue(shape.element, leaves));
  while (continues(shape, leaves));
  return items;
}

function assembleLeaf(levels: LeafLevels): unknown {
  checkEntry(levels);
  const present = levels.definition[levels.at++] === levels.leaf.definitionMax;
  return present ? takeValue(levels) : null;
}

/** Whether the structure at `definition` is missing here; if so, its single entry is passed in every leaf. */
function isAbsent(
  [start, end]: readonly [number, number],
  definition: number,
  leaves: readonly LeafLevels[],
): boolean {
  const first = leaves[start] as LeafLevels;
  checkEntry(first);
  const level = first.definition[first.at] as number;
  const absent = level < definition;
  for (let i = start; i < end; i++) {
    const levels = leaves[i] as LeafLevels;
    checkEntry(levels);
    const other = levels.definition[levels.at] as number;
    if (absent ? other !== level : other < definition) throw disagree();
    if (absent) levels.at++;
  }
  return absent;
}

/** Whether another element of the same list follows. */
function continues(
  { leaves: [start, end], elementRepetition }: ListShape,
  leaves: readonly LeafLevels[],
): boolean {
  const first = nextRepetition(leaves[start] as LeafLevels);
  if (first > elementRepetition) throw disagree();
  for (let i = start + 1; i < end; i++) {
    if (nextRepetition(leaves[i] as LeafLevels) !== first) throw disagree();
  }
  return first === elementRepetition;
}

function nextRepetition(levels: LeafLevels): number {
  return levels.at < levels.repetition.length ? (levels.repetition[levels.at] as number) : 0;
}

function checkEntry(levels: LeafLevels): void {
  if (levels.at >= levels.definition.length)
    throw corrupt('PAGE_CORRUPT', 'a nested column has fewer rows than its row group');
}

function disagree(): Error {
  return corrupt('PAGE_CORRUPT', 'the columns of a nested value disagree about its shape');
}
