import { comesFirst, comesFirstExactly, type Heads } from './heads.js';

/**
 * A loser tree over the heads of `n` sources: entry 0 is the winner, entries 1 … n - 1 are the inner nodes, each
 * holding the source that lost there. Source `s` plays from the parent of leaf `n + s` upwards. A replay compares
 * once per level, where a heap compares twice.
 */
export type Tournament = Uint32Array;

/** Play every match once. There is at least one source. */
export function createTournament(heads: Heads, sourceCount: number): Tournament {
  const tree = new Uint32Array(sourceCount);
  const winners = new Uint32Array(sourceCount * 2);
  for (let s = 0; s < sourceCount; s++) winners[sourceCount + s] = s;
  for (let node = sourceCount - 1; node > 0; node--) {
    const a = winners[node * 2] as number;
    const b = winners[node * 2 + 1] as number;
    const aWins = comesFirst(heads, a, b);
    winners[node] = aWins ? a : b;
    tree[node] = aWins ? b : a;
  }
  tree[0] = winners[1] as number;
  return tree;
}

/** Settle the winner anew after the head of the present winner, and of no other source, has moved on. */
export function replay(tree: Tournament, heads: Heads): void {
  const { rounded } = heads;
  let winner = tree[0] as number;
  let best = rounded[winner] as number;
  for (let node = (tree.length + winner) >> 1; node > 0; node >>= 1) {
    const loser = tree[node] as number;
    const other = rounded[loser] as number;
    if (other < best || (other === best && comesFirstExactly(heads, loser, winner))) {
      tree[node] = winner;
      winner = loser;
      best = other;
    }
  }
  tree[0] = winner;
}

/** The best source but the winner, which only ever lost to the winner; `undefined` when there is no other. */
export function runnerUp(tree: Tournament, heads: Heads): number | undefined {
  let node = (tree.length + (tree[0] as number)) >> 1;
  if (node === 0) return undefined;
  let best = tree[node] as number;
  for (node >>= 1; node > 0; node >>= 1) {
    const loser = tree[node] as number;
    if (comesFirst(heads, loser, best)) best = loser;
  }
  return best;
}
