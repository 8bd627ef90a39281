import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';

/** How codes of some dictionaries are translated, a word of 32 bits for each entry, kept for as long as rows of them may come. */
export interface CodeMaps {
  /** Where the codes of `dictionary` are translated; `undefined` before it was added. */
  find(dictionary: object): Address | undefined;
  /** Whether codes of the dictionary that was last found or added are the same when they are translated. */
  readonly isSame: boolean;
  /** Remembers whether they are, of the dictionary that was last found or added. */
  markSame(isSame: boolean): void;
  /** Whether that dictionary has few entries, all of which are translated to what they are: it is often worth a look. */
  isIdentity(count: number): boolean;
  /** Room for the translation of `dictionary`, which has `count` entries: zeros. Others may move. */
  add(dictionary: object, count: number): Address;
  /** Whether they take no more than so many bytes, and are not too many to keep, with one more of so many entries. */
  fit(bytesMax: number, moreEntries?: number): boolean;
  clear(): void;
  release(): void;
}

/** None yet. */
export function createCodeMaps(arena: Arena): CodeMaps {
  return new Maps(arena);
}

const FEW_ENTRIES = 16;

/** More sources are hardly open at once; others would be of dictionaries that nobody reads any more. */
const KEPT_MAX = 1024;

class Maps implements CodeMaps {
  private readonly words: ArenaBuffer;
  isSame = false;
  private readonly offsets = new Map<object, { readonly offset: number; isSame: boolean }>();
  private used = 0;
  private last: object | undefined;
  private lastOffset = 0;

  constructor(private readonly arena: Arena) {
    this.words = createArenaBuffer(arena);
  }

  find(dictionary: object): Address | undefined {
    if (dictionary !== this.last) {
      const known = this.offsets.get(dictionary);
      if (known === undefined) return undefined;
      this.last = dictionary;
      this.lastOffset = known.offset;
      this.isSame = known.isSame;
    }
    return this.words.address + this.lastOffset;
  }

  add(dictionary: object, count: number): Address {
    // One word at least: the code of a null is 0, in a dictionary without entries too.
    const size = Math.max(count, 1) * 4;
    const address = this.words.grow(this.used + size, this.used) + this.used;
    this.arena.fill(address, size, 0);
    this.offsets.set(dictionary, { offset: this.used, isSame: false });
    this.last = dictionary;
    this.lastOffset = this.used;
    this.isSame = false;
    this.used += size;
    return address;
  }

  markSame(isSame: boolean): void {
    const known = this.last && this.offsets.get(this.last);
    if (known !== undefined) known.isSame = isSame;
    this.isSame = isSame;
  }

  isIdentity(count: number): boolean {
    if (count > FEW_ENTRIES) return false;
    const codes = this.arena.view(Uint32Array, this.words.address + this.lastOffset, count);
    return codes.every((code, entry) => code === entry);
  }

  fit(bytesMax: number, moreEntries = 0): boolean {
    return this.offsets.size < KEPT_MAX && this.used + moreEntries * 4 <= bytesMax;
  }

  clear(): void {
    this.offsets.clear();
    this.used = 0;
    this.last = undefined;
  }

  release(): void {
    this.clear();
    this.words.release();
  }
}
