import { LakeError } from '@ticklake/core';
import type { Arena } from '../arena/arena.js';

/** The same memory, of which `allocMax` blocks can be had, all in all: for whoever wants to know what is left of work that runs out. */
export function shortArena(arena: Arena, allocMax: number): Arena {
  let left = allocMax;
  const alloc = (sizeBytes: number) => {
    if (left-- > 0) return arena.alloc(sizeBytes);
    throw new LakeError('invalid', 'there are no more blocks', { code: 'MEMORY' });
  };
  return new Proxy(arena, {
    get(target, name) {
      if (name === 'alloc') return alloc;
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
