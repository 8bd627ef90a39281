import { noise } from './byte-mutations.js';
import { pick, type Damage, type Mutation } from './mutation.js';

const SECTOR_BYTES = 512;
const BLOCK_BYTES = 4_096;

/** Damage to stretches of a file, as disks, file systems and interrupted copies do it. */
export const BLOCK_MUTATIONS: readonly Mutation[] = [
  { name: 'tail cut', weight: 4, apply: cutTail },
  { name: 'middle cut, footer kept', weight: 4, apply: cutMiddle },
  { name: 'bytes put in, footer kept', weight: 2, apply: insert },
  { name: '512-byte sector zeroed', weight: 5, apply: zeroed(SECTOR_BYTES) },
  { name: '4 KiB zeroed', weight: 2, apply: zeroed(BLOCK_BYTES) },
  { name: '512 bytes doubled elsewhere', weight: 3, apply: doubled },
  { name: 'footer length lies', weight: 5, apply: lengthLies },
  { name: 'footer of another file', weight: 3, apply: otherFooter },
  { name: 'torn, zeros to the end', weight: 2, apply: tornZeros },
  { name: 'torn, another file to the end', weight: 2, apply: tornOther },
  { name: 'another file in front', weight: 1, apply: concatenated },
];

function cutTail({ target: { bytes }, random }: Damage): Uint8Array {
  // Half of the cuts are short: those that leave most of the footer.
  const lost = random.below(2) === 0 ? 1 + random.below(64) : 1 + random.below(bytes.length);
  return bytes.slice(0, bytes.length - Math.min(lost, bytes.length));
}

function cutMiddle({ target: { bytes, layout }, random }: Damage): Uint8Array {
  const start = 4 + random.below(layout.footerStart - 4);
  const lost = Math.min(1 + random.below(2 * SECTOR_BYTES), layout.footerStart - start);
  return joined(bytes.subarray(0, start), bytes.subarray(start + lost));
}

function insert({ target: { bytes, layout }, random }: Damage): Uint8Array {
  const at = 4 + random.below(layout.footerStart - 4);
  const added = noise(random, 1 + random.below(SECTOR_BYTES));
  return joined(bytes.subarray(0, at), added, bytes.subarray(at));
}

/** Aligned, as sectors are; where the file is smaller than one, all of it. */
function zeroed(size: number): Mutation['apply'] {
  return ({ target, random }) => {
    const bytes = target.bytes.slice();
    const start = size * random.below(Math.ceil(bytes.length / size));
    return bytes.fill(0, start, start + size);
  };
}

function doubled({ target, random }: Damage): Uint8Array {
  const bytes = target.bytes.slice();
  const sectors = Math.floor(bytes.length / SECTOR_BYTES);
  const from = SECTOR_BYTES * random.below(sectors);
  bytes.copyWithin(SECTOR_BYTES * random.below(sectors), from, from + SECTOR_BYTES);
  return bytes;
}

function lengthLies({ target, random }: Damage): Uint8Array {
  const bytes = target.bytes.slice();
  const view = new DataView(bytes.buffer);
  const at = bytes.length - 8;
  const length = view.getUint32(at, true);
  const lies = [0, 1, length - 1, length + 1, length >> 1, length * 2, bytes.length - 12, bytes.length];
  const lie = pick(random, [...lies, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, random.below(bytes.length)]);
  view.setUint32(at, lie, true);
  return bytes;
}

function otherFooter({ target, targets, random }: Damage): Uint8Array {
  const others = targets.filter(({ name }) => name !== target.name);
  const other = others.length === 0 ? target : pick(random, others);
  const data = target.bytes.subarray(0, target.layout.footerStart);
  return joined(data, other.bytes.subarray(other.layout.footerStart));
}

function tornZeros({ target, random }: Damage): Uint8Array {
  const bytes = target.bytes.slice();
  return bytes.fill(0, random.below(bytes.length));
}

/** What stood on the disk before. */
function tornOther({ target, targets, random }: Damage): Uint8Array {
  const bytes = target.bytes.slice();
  const at = random.below(bytes.length);
  const other = pick(random, targets).bytes.subarray(at, bytes.length);
  bytes.fill(0, at);
  bytes.set(other, at);
  return bytes;
}

function concatenated({ target, targets, random }: Damage): Uint8Array {
  return joined(pick(random, targets).bytes, target.bytes);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
