import { leavesOf, type NestedShape, type StripedLeaf, type StripedRows } from '@ticklake/columnar';
import { corrupt } from '../format/corrupt.js';

/** What the levels of a nested column must keep to, which its shape says. */
export interface LevelRules {
  /** For each leaf, the definition level of an element of each list above it, outermost first. */
  readonly elements: readonly (readonly number[])[];
  /** For each leaf but the last, how deep what it shares with the next one reaches. */
  readonly shared: readonly SharedLevels[];
}

interface SharedLevels {
  readonly definition: number;
  readonly repetition: number;
}

/** The rules of a shape. */
export function levelRules(shape: NestedShape): LevelRules {
  const elements: number[][] = leavesOf(shape).map(() => []);
  const shared: SharedLevels[] = [];
  const visit = (node: NestedShape, repetition: number): void => {
    if (node.shape === 'leaf') return;
    if (node.shape === 'struct') {
      for (const [i, child] of node.children.entries()) {
        const [first] = leavesOf(child);
        if (i > 0 && first !== undefined)
          shared[first.leaf - 1] = { definition: node.definition, repetition };
        visit(child, repetition);
      }
      return;
    }
    for (let leaf = node.leaves[0]; leaf < node.leaves[1]; leaf++)
      elements[leaf]?.push(node.elementDefinition);
    visit(node.element, node.elementRepetition);
  };
  visit(shape, 0);
  return { elements, shared };
}

/**
 * Holds rows to the rules: a row begins where the one before ended, a list goes on only where it has an element, and leaves agree about
 * everything that is above both.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`).
 */
export function checkLevels({ elements, shared }: LevelRules, { leaves }: StripedRows): void {
  leaves.forEach((leaf, i) => checkLists(leaf, elements[i] as readonly number[]));
  shared.forEach((levels, i) =>
    checkAgreement(leaves[i] as StripedLeaf, leaves[i + 1] as StripedLeaf, levels),
  );
}

function checkLists(
  { slotCount, definitions, repetitions }: StripedLeaf,
  elementDefinitions: readonly number[],
): void {
  if (repetitions === undefined || slotCount === 0) return;
  if (repetitions[0] !== 0) throw corrupt('PAGE_CORRUPT', 'a row does not begin where the one before ends');
  if (definitions === undefined) return;
  for (let slot = 1; slot < slotCount; slot++) {
    const repetition = repetitions[slot] as number;
    if (repetition === 0) continue;
    const least = elementDefinitions[repetition - 1] as number;
    if ((definitions[slot] as number) < least || (definitions[slot - 1] as number) < least) throw disagree();
  }
}

/** Slots that both leaves have: those that open something above both of them. */
function checkAgreement(a: StripedLeaf, b: StripedLeaf, { definition, repetition }: SharedLevels): void {
  let slotA = 0;
  let slotB = 0;
  for (;;) {
    slotA = nextShared(a, slotA, repetition);
    slotB = nextShared(b, slotB, repetition);
    if (slotA === a.slotCount || slotB === b.slotCount) break;
    if (levelAt(a.repetitions, slotA, 0) !== levelAt(b.repetitions, slotB, 0)) throw disagree();
    const [levelA, levelB] = [levelAt(a.definitions, slotA, 255), levelAt(b.definitions, slotB, 255)];
    if (levelA !== levelB && (levelA < definition || levelB < definition)) throw disagree();
    slotA++;
    slotB++;
  }
  if (slotA !== a.slotCount || slotB !== b.slotCount) throw disagree();
}

function nextShared({ repetitions, slotCount }: StripedLeaf, from: number, repetition: number): number {
  if (repetitions === undefined) return from;
  let slot = from;
  while (slot < slotCount && (repetitions[slot] as number) > repetition) slot++;
  return slot;
}

function levelAt(levels: Uint8Array | undefined, slot: number, absent: number): number {
  return levels === undefined ? absent : (levels[slot] as number);
}

function disagree(): Error {
  return corrupt('PAGE_CORRUPT', 'the columns of a nested value disagree about its shape');
}
