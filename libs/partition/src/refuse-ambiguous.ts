import { LakeError } from '@ticklake/core';

import type { PatternFacts } from './pattern-facts.js';
import { segmentsOf, type Part } from './template.js';

/**
 * Makes sure that no path can be read in two ways. Within one path segment, reading from the left settles a field
 * whose text cannot go on into what follows it, and reading from the right one whose text cannot begin in what
 * precedes it; fields of one length, and fields that another segment settles, are settled already. One field may be
 * left over.
 *
 * @throws LakeError `invalid` (`SCHEME`) for a template with a segment where two fields or more are left over, or
 * with a field that may hold `/`.
 */
export function refuseAmbiguous(parts: readonly Part[], facts: ReadonlyMap<string, PatternFacts>): void {
  for (const [name, { characters }] of facts) {
    if (characters.has('/')) {
      throw new LakeError('invalid', 'a field of a path may not hold a slash', {
        code: 'SCHEME',
        details: { field: name },
      });
    }
  }
  const settled = new Set<string>();
  let open = [...segmentsOf(parts)];
  for (let before = -1; before !== open.length; ) {
    before = open.length;
    open = open.filter((segment) => {
      if (leftOver(segment, facts, settled).length > 1) return true;
      for (const part of segment) if (part.kind === 'field') settled.add(part.name);
      return false;
    });
  }
  if (open.length > 0) {
    const [first] = open;
    throw new LakeError('invalid', 'a path of this template could be read in two ways', {
      code: 'SCHEME',
      details: { fields: leftOver(first as readonly Part[], facts, settled).join(', ') },
    });
  }
}

/** The fields of `segment` that reading from both ends does not settle. */
function leftOver(
  segment: readonly Part[],
  facts: ReadonlyMap<string, PatternFacts>,
  settled: ReadonlySet<string>,
): string[] {
  const isOpen = (part: Part | undefined): part is Part & { kind: 'field' } =>
    part?.kind === 'field' && !settled.has(part.name) && facts.get(part.name)?.length === undefined;
  const ends = (field: string, neighbour: Part | undefined, side: 'after' | 'before') =>
    neighbour !== undefined && !isOpen(neighbour) && !mayShare(facts.get(field), neighbour, facts, side);
  const open = segment.map((part, at) => ({ part, at })).filter(({ part }) => isOpen(part));
  const nameOf = ({ part }: { part: Part }) => (part.kind === 'field' ? part.name : '');
  let from = 0;
  let to = open.length;
  while (from < to && ends(nameOf(at(open, from)), segment[at(open, from).at + 1], 'after')) from++;
  while (from < to && ends(nameOf(at(open, to - 1)), segment[at(open, to - 1).at - 1], 'before')) to--;
  return open.slice(from, to).map(nameOf);
}

/** Whether a field's text may hold the character by which its neighbour begins (after it) or ends (before it). */
function mayShare(
  field: PatternFacts | undefined,
  neighbour: Part,
  facts: ReadonlyMap<string, PatternFacts>,
  side: 'after' | 'before',
): boolean {
  const edge =
    neighbour.kind === 'text'
      ? [side === 'after' ? neighbour.text.charAt(0) : neighbour.text.charAt(neighbour.text.length - 1)]
      : [...(facts.get(neighbour.name)?.characters ?? [])];
  return edge.some((character) => field?.characters.has(character) ?? true);
}

function at<T>(items: readonly T[], index: number): T {
  return items[index] as T;
}
