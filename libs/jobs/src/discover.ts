import { compareUtf8, LakeError } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { createGate } from './gate.js';
import { mapOrdered } from './map-ordered.js';

/** One level of a tree such as `exchange=…/stream=…/symbol=…/date=…/`. */
export interface WalkLevel {
  /** `exchange` for prefixes of the form `exchange=…/`. */
  readonly name: string;
  /** Whether what would be below this level may also lie beside it, e.g. files with and without a `date=` folder. */
  readonly optional: boolean;
  /** False for branches that are not wanted: they are never listed. `above` holds the values of the levels above. */
  include(value: string, above: Readonly<Record<string, string>>): boolean;
}

/** How a tree is walked. */
export interface WalkOptions {
  /** Where the first level begins: `''` or ending in `/`. */
  readonly root: string;
  readonly levels: readonly WalkLevel[];
  /** Whether the lowest prefixes are listed too, so that their objects can be told. */
  readonly listLeaves: boolean;
  /** Most listings under way at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** A prefix that holds, or may hold, objects. */
export interface WalkLeaf {
  /** From the store's root, ending in `/`. */
  readonly prefix: string;
  /** The text after `name=` for each level on the way; an optional level that is not there has none. */
  readonly values: Readonly<Record<string, string>>;
  /** The objects right below, in byte order; empty when the leaf was not listed. */
  readonly objects: readonly ObjectMeta[];
}

/** A walk under way. */
export interface PrefixWalk {
  /** In byte order of prefix, whatever the order of the answers. Call it once. */
  leaves(): AsyncGenerator<WalkLeaf>;
  /** How many prefixes have been listed so far; the count depends on the tree and the filters only (CM-26). */
  readonly listCount: number;
  /** Prefixes that belong to no level, e.g. `QUARANTINE/`, or below the lowest: seen, reported, never entered. */
  readonly strays: readonly string[];
}

interface Node {
  readonly prefix: string;
  readonly values: Readonly<Record<string, string>>;
  /** Undefined while not listed. */
  readonly objects: readonly ObjectMeta[] | undefined;
  /** How many levels have been passed. */
  readonly depth: number;
}

/**
 * Finds the leaves of a prefix tree with delimiter listings only: objects of a branch are never scanned to learn
 * that the branch exists (CM-26, C-10). Memory is a window of `concurrency` listings per level.
 *
 * @throws LakeError `cancelled` from `leaves()` when the signal aborts; and whatever listing fails with.
 */
export function walkPrefixes(store: ObjectStore, options: WalkOptions): PrefixWalk {
  const { root, levels, listLeaves, concurrency, signal } = options;
  const strays: string[] = [];
  const gate = createGate(concurrency);
  let listCount = 0;

  const list = async (node: Node): Promise<Node[]> => {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while listing');
    listCount++;
    const { prefixes, objects } = await store.children(node.prefix);
    const self: Node = { ...node, objects };
    const level = levels[node.depth];
    if (level === undefined) {
      strays.push(...prefixes);
      return [self];
    }
    const below = [...prefixes]
      .sort(compareUtf8)
      .flatMap((prefix) => childNode(node, prefix, level, strays) ?? []);
    return level.optional && objects.length > 0 ? [{ ...self, depth: levels.length }, ...below] : below;
  };

  /** Every node not yet listed becomes what is below it; what has arrived at the bottom passes through. */
  const descend = (nodes: AsyncIterable<Node>) =>
    flatten(
      mapOrdered(nodes, concurrency, (node) =>
        node.objects === undefined ? gate(() => list(node)) : Promise.resolve([node]),
      ),
    );

  return {
    get listCount() {
      return listCount;
    },
    strays,
    async *leaves() {
      let nodes = only({ prefix: root, values: {}, objects: undefined, depth: 0 });
      const depths = listLeaves ? levels.length + 1 : levels.length;
      for (let depth = 0; depth < depths; depth++) nodes = descend(nodes);
      for await (const { prefix, values, objects } of nodes) yield { prefix, values, objects: objects ?? [] };
    },
  };
}

function childNode(parent: Node, prefix: string, level: WalkLevel, strays: string[]): Node | undefined {
  const name = prefix.slice(parent.prefix.length, -1);
  const start = `${level.name}=`;
  if (!name.startsWith(start) || name.length === start.length) {
    strays.push(prefix);
    return undefined;
  }
  const value = name.slice(start.length);
  if (!level.include(value, parent.values)) return undefined;
  return {
    prefix,
    values: { ...parent.values, [level.name]: value },
    objects: undefined,
    depth: parent.depth + 1,
  };
}

async function* only(node: Node): AsyncGenerator<Node> {
  yield node;
}

async function* flatten(groups: AsyncIterable<readonly Node[]>): AsyncGenerator<Node> {
  for await (const group of groups) yield* group;
}
