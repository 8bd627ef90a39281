import type { Random } from '../../spool/random.js';
import {
  bodyRanges,
  footerRange,
  headerRanges,
  pick,
  positionIn,
  type Damage,
  type Mutation,
  type Range,
} from './mutation.js';

/** Values that lie at the edges of varints, signs and lengths. */
const EDGE_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff];

type Place = (damage: Damage) => Range;

const anywhere: Place = ({ target }) => ({ start: 0, end: target.bytes.length });
const inPageData: Place = ({ target, random }) => pick(random, bodyRanges(target));
const inPageHeader: Place = ({ target, random }) => pick(random, headerRanges(target));
const inFooter: Place = ({ target }) => footerRange(target);
/** The first magic, or the footer's length and the last one. */
const inShell: Place = ({ target: { bytes }, random }) =>
  random.below(3) === 0 ? { start: 0, end: 4 } : { start: bytes.length - 8, end: bytes.length };

/** Damage to single bytes, by the region it hits. */
export const BYTE_MUTATIONS: readonly Mutation[] = [
  { name: 'bit flip anywhere', weight: 10, apply: flip(anywhere, 1) },
  { name: 'bit flip in page data', weight: 14, apply: flip(inPageData, 1) },
  { name: 'bit flip in page header', weight: 12, apply: flip(inPageHeader, 1) },
  { name: 'bit flip in footer', weight: 9, apply: flip(inFooter, 1) },
  { name: 'bit flip in magic or length', weight: 2, apply: flip(inShell, 1) },
  { name: '2 to 8 bits flipped in one page', weight: 4, apply: flip(inPageData, 8) },
  { name: 'edge byte in footer', weight: 6, apply: edgeByte(inFooter) },
  { name: 'edge byte in page header', weight: 8, apply: edgeByte(inPageHeader) },
  { name: 'random byte in page header', weight: 4, apply: randomBytes(inPageHeader, 1) },
  { name: 'up to 64 random bytes anywhere', weight: 4, apply: randomBytes(anywhere, 64) },
];

function flip(place: Place, bitsMax: number): Mutation['apply'] {
  return (damage) => {
    const { target, random } = damage;
    const bytes = target.bytes.slice();
    const range = place(damage);
    const bits = bitsMax === 1 ? 1 : 2 + random.below(bitsMax - 1);
    for (let i = 0; i < bits; i++) {
      const at = positionIn(random, range);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  };
}

function edgeByte(place: Place): Mutation['apply'] {
  return (damage) => {
    const bytes = damage.target.bytes.slice();
    bytes[positionIn(damage.random, place(damage))] = pick(damage.random, EDGE_BYTES);
    return bytes;
  };
}

function randomBytes(place: Place, lengthMax: number): Mutation['apply'] {
  return (damage) => {
    const { target, random } = damage;
    const bytes = target.bytes.slice();
    const { start, end } = place(damage);
    const at = positionIn(random, { start, end });
    const length = Math.min(1 + random.below(lengthMax), end - at);
    bytes.set(noise(random, length), at);
    return bytes;
  };
}

/** Bytes that mean nothing. */
export function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}
