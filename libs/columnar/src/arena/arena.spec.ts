import type { Address } from '@ticklake/kernels';
import fc from 'fast-check';
import { attachArena, createArena } from './arena.js';
import { createArenaBuffer } from './arena-buffer.js';
import { CLASS_COUNT, sizeClassOf, sizeClassWithin, sizeOfClass } from './size-classes.js';

describe('arena', () => {
  it('gives blocks that do not overlap, aligned, and large enough with their slack', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 100_000 }), fc.nat({ max: 20 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const arena = createArena({ bytesMax: 2 ** 26 });
        const blocks = new Map<number, number>();
        for (const [sizeBytes, give] of all) {
          const address = arena.alloc(sizeBytes);
          expect(address % 64).toBe(0);
          expect(address).toBeGreaterThan(0);
          expect(arena.capacityOf(address)).toBeGreaterThanOrEqual(sizeBytes);
          for (const [other, size] of blocks) {
            expect(address + sizeBytes + 64 <= other || other + size + 64 <= address).toBe(true);
          }
          blocks.set(address, sizeBytes);
          const [returned] = [...blocks.keys()].slice(give);
          if (returned === undefined) continue;
          arena.free(returned);
          blocks.delete(returned);
        }
        for (const address of blocks.keys()) arena.free(address);
        expect(arena.usedBytes).toBe(0);
      }),
    );
  });

  it('uses what was given back before it asks the machine for more', () => {
    const arena = createArena({ bytesMax: 2 ** 26 });
    const first = arena.alloc(1_000_000);
    const { sizeBytes } = arena;
    arena.free(first);
    for (let i = 0; i < 100; i++) arena.free(arena.alloc(900_000 + i * 1000));
    expect(arena.sizeBytes).toBe(sizeBytes);
  });

  it('uses all that was given back before it takes or refuses memory', () => {
    const bytesMax = 1_000_000;
    const arena = createArena({ bytesMax });
    const small = Array.from({ length: 100 }, (_, i) => arena.alloc(6000 + i * 20));
    const { sizeBytes } = arena;
    for (const address of small) arena.free(address);
    arena.free(arena.alloc(600_000));
    expect(arena.sizeBytes).toBe(sizeBytes);
    for (const address of small.map(() => arena.alloc(5000))) arena.free(address);
    expect(arena.sizeBytes).toBe(sizeBytes);
    expect(arena.alloc(bytesMax * (15 / 16) - 1000)).toBe(small[0]);
  });

  it('does in any order what a list of blocks says, also where it is full', () => {
    const sizeBytes = fc.oneof(fc.constantFrom(0, 100, 1000, 30_000, 200_000), fc.nat({ max: 150_000 }));
    const steps = fc.array(fc.tuple(sizeBytes, fc.nat()), { minLength: 100, maxLength: 400 });
    let refused = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const arena = createArena({ bytesMax: 1_000_000 });
        const list: { address: Address; end: Address; mark: number }[] = [];
        const take = (which: number) => {
          for (const { address, end, mark } of list.splice(which % list.length, 1)) {
            expect([arena.bytes[address], arena.bytes[end - 1]]).toEqual([mark, mark]);
            arena.free(address);
            expect(() => arena.free(address)).toThrow('in use');
            expect(() => arena.capacityOf(address)).toThrow('in use');
          }
        };
        all.forEach(([size, which], i) => {
          try {
            const address = arena.alloc(size);
            const end = address + arena.capacityOf(address) + 64;
            arena.bytes[address] = i;
            arena.bytes[end - 1] = i;
            list.push({ address, end, mark: i % 256 });
          } catch (error) {
            expect(error).toMatchObject({ code: 'MEMORY' });
            refused++;
          }
          if (which % 5 > 1) take(which);
          expect(arena.usedBytes).toBe(list.reduce((sum, { address, end }) => sum + end - address + 64, 0));
        });
        while (list.length > 0) take(0);
        expect(arena.alloc(930_000)).toBe(128);
      }),
      { numRuns: 15 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  it('takes back to one piece what was given in many, in any order', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 50_000 }), fc.nat()), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(steps, (all) => {
        const arena = createArena({ bytesMax: 2 ** 26 });
        const given: Address[] = [];
        for (const [sizeBytes, which] of all) {
          given.push(arena.alloc(sizeBytes));
          if (which % 3 === 0) arena.free(given.splice(which % given.length, 1)[0] as Address);
        }
        while (given.length > 0)
          arena.free(given.splice((given.length * 7919) % given.length, 1)[0] as Address);
        const { sizeBytes } = arena;
        // Less header and slack, and the sixteenth that a size may be larger than what is asked for.
        const whole = arena.alloc(Math.floor((sizeBytes - 128) * (15 / 16)) - 64);
        expect(arena.sizeBytes).toBe(sizeBytes);
        arena.free(whole);
      }),
    );
  });

  it('leaves what stands in other blocks alone, and in the slack of its own', () => {
    const arena = createArena({ bytesMax: 2 ** 26 });
    const blocks: { address: Address; size: number; mark: number }[] = [];
    const check = ({ address, size, mark }: (typeof blocks)[number]) =>
      arena.bytes.subarray(address, address + size).every((byte) => byte === mark);
    for (let i = 1; i < 2000; i++) {
      const size = ((i * 7919) % 5000) + 64;
      const address = arena.alloc(size - 64);
      const mark = i % 251;
      arena.bytes.fill(mark, address, address + size);
      blocks.push({ address, size, mark });
      if (i % 5 === 0) continue;
      const [taken] = blocks.splice((i * 104_729) % blocks.length, 1);
      if (taken === undefined) continue;
      expect(check(taken)).toBe(true);
      arena.free(taken.address);
    }
    expect(blocks.length).toBeGreaterThan(300);
    expect(blocks.every(check)).toBe(true);
  });

  it('hardly grows while blocks of ever other sizes come and go', () => {
    const arena = createArena({ bytesMax: 2 ** 28 });
    const live: Address[] = [];
    let usedMost = 0;
    for (let i = 0; i < 20_000; i++) {
      // Sizes drift, as those of the pages of one file after another do.
      live.push(arena.alloc(2000 + ((i * 7919) % 60_000) + i * 3));
      usedMost = Math.max(usedMost, arena.usedBytes);
      if (live.length > 100) arena.free(live.splice((i * 104_729) % live.length, 1)[0] as Address);
    }
    expect(arena.sizeBytes).toBeLessThan(usedMost * 1.4);
  });

  it('stops at its limit with an error of its own', () => {
    const arena = createArena({ bytesMax: 1_000_000 });
    expect(() => arena.alloc(1_000_001)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'MEMORY' }),
    );
    for (const sizeBytes of [2 ** 31 - 200, 2 ** 31, 2 ** 40]) {
      expect(() => arena.alloc(sizeBytes)).toThrow(expect.objectContaining({ code: 'MEMORY' }));
    }
    expect(arena.alloc(500_000)).toBeGreaterThan(0);
  });

  it('refuses to take back what it has not given', () => {
    const arena = createArena({ bytesMax: 1_000_000 });
    const address = arena.alloc(10);
    arena.free(address);
    expect(() => arena.free(address)).toThrow('in use');
    expect(() => arena.free(address + 64)).toThrow('in use');
    const [first, second] = [arena.alloc(10), arena.alloc(10)] as const;
    arena.free(first);
    arena.free(second);
    expect(arena.alloc(1000)).toBe(first);
    // What was given back is now part of another block.
    expect(() => arena.free(second)).toThrow('in use');
  });

  it('knows views of its memory, before and after it has grown, and no other', () => {
    const arena = createArena({ bytesMax: 2 ** 26 });
    const early = arena.view(Float64Array, arena.alloc(800), 100);
    const address = arena.alloc(40_000_000);
    const late = arena.view(BigInt64Array, address, 5_000_000);
    expect(arena.addressOf(late)).toBe(address);
    expect(arena.addressOf(early)).toBe(early.byteOffset);
    early[3] = 1.5;
    expect(arena.view(Float64Array, early.byteOffset, 100)[3]).toBe(1.5);
    expect(arena.addressOf(new Uint8Array(10))).toBeUndefined();
  });

  it('lets another thread work within a block of its own', () => {
    const arena = createArena({ bytesMax: 2 ** 26 });
    const block = arena.alloc(1_000_000);
    const other = attachArena(arena.handle, { start: block, end: block + 1_000_000 });
    const address = other.alloc(1000);
    expect(address).toBeGreaterThanOrEqual(block);
    other.view(Uint8Array, address, 1)[0] = 7;
    expect(arena.bytes[address]).toBe(7);
    expect(() => other.alloc(1_000_000)).toThrow(expect.objectContaining({ code: 'MEMORY' }));
  });
});

describe('arena buffer', () => {
  it('keeps what it is told to when it grows, and moves only when it must', () => {
    const arena = createArena({ bytesMax: 2 ** 26 });
    const buffer = createArenaBuffer(arena);
    arena.bytes.set([1, 2, 3], buffer.grow(3, 0));
    const before = buffer.address;
    expect(buffer.grow(100, 3)).toBe(before);
    const after = buffer.grow(1_000_000, 3);
    expect([...arena.bytes.subarray(after, after + 3)]).toEqual([1, 2, 3]);
    expect(buffer.room(10)).toBe(after);
    buffer.release();
    expect(arena.usedBytes).toBe(0);
    expect(buffer.room(10)).toBeGreaterThan(0);
  });
});

describe('arena buffer that knows how much will be asked for', () => {
  it('has room for no more than that, in whatever steps it gets there', () => {
    const most = 2_000_000;
    for (const first of [1, 500_000, 900_000, 1_900_000]) {
      const arena = createArena({ bytesMax: 2 ** 26 });
      const buffer = createArenaBuffer(arena);
      for (let size = first; size < most; size += 300_000) buffer.grow(size, 0, most);
      buffer.grow(most, 0, most);
      // A size may be a sixteenth larger than what is asked for.
      expect(arena.usedBytes).toBeLessThan(most * (17 / 16) + 256);
      expect(arena.capacityOf(buffer.grow(most + 1, 0, most))).toBeGreaterThan(most);
    }
  });
});

describe('size classes', () => {
  it('waste at most a sixteenth, and a block serves for those that are not larger', () => {
    for (let size = 257; size < 100_000; size += 97) {
      const sizeClass = sizeClassOf(size);
      expect(sizeOfClass(sizeClass)).toBeGreaterThanOrEqual(size);
      expect(sizeOfClass(sizeClass)).toBeLessThanOrEqual(Math.max(size + 63, size * (17 / 16)));
      expect(sizeOfClass(sizeClass) % 64).toBe(0);
      expect(sizeClassOf(sizeOfClass(sizeClass))).toBe(sizeClass);
      expect(sizeClassWithin(sizeOfClass(sizeClass))).toBe(sizeClass);
      expect(sizeOfClass(sizeClassWithin(size))).toBeLessThanOrEqual(size);
      expect(sizeOfClass(sizeClassWithin(size) + 1)).toBeGreaterThan(size);
    }
  });

  it('go from 256 bytes to 2 GiB', () => {
    for (const size of [1, 255, 256]) expect(sizeOfClass(sizeClassOf(size))).toBe(256);
    expect(sizeOfClass(sizeClassOf(2 ** 31))).toBe(2 ** 31);
    expect(sizeClassOf(2 ** 31)).toBe(CLASS_COUNT - 1);
  });
});
