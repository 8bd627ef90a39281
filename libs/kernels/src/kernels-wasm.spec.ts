import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { attachKernelMemory, createKernelMemory, KERNEL_BYTES_MAX } from './kernel-memory.js';
import { defaultKernels, openKernels } from './open-kernels.js';

describe('the kernels as they are checked in', () => {
  it('are what their source compiles to', async () => {
    const path = fileURLToPath(new URL('../../../tools/build-kernels.mjs', import.meta.url));
    const { compileKernels } = (await import(path)) as { compileKernels(): Promise<string> };
    const text = readFileSync(new URL('./wasm/kernels-wasm.ts', import.meta.url), 'utf8');
    expect(text === (await compileKernels())).toBe(true);
  });

  it('are the same in both implementations, name by name', () => {
    expect(defaultKernels()).toBe('wasm');
    const [wasm, portable] = (['wasm', 'portable'] as const).map((choice) =>
      Object.keys(openKernels(createKernelMemory(), choice)).filter((name) => name !== 'memory'),
    );
    expect(wasm?.sort()).toEqual(portable?.sort());
  });
});

describe('kernel memory', () => {
  it('grows in place: a view made before sees what is written after', () => {
    const memory = createKernelMemory();
    const before = new Uint8Array(memory.buffer);
    memory.grow(1_000_000);
    expect(memory.buffer.byteLength).toBe(16 * 65_536);
    new Uint8Array(memory.buffer)[5] = 7;
    expect(before[5]).toBe(7);
    memory.grow(10);
    expect(memory.buffer.byteLength).toBe(16 * 65_536);
  });

  it('is the same for whoever attaches to it', () => {
    const memory = createKernelMemory();
    const other = attachKernelMemory(memory.handle);
    other.grow(200_000);
    new Uint8Array(other.buffer)[199_999] = 9;
    expect(new Uint8Array(memory.buffer)[199_999]).toBe(9);
  });

  it('has an end', () => {
    expect(() => createKernelMemory().grow(KERNEL_BYTES_MAX + 200_000)).toThrow(RangeError);
  });
});
