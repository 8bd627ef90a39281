/** Nanoseconds of CPU per value, both implementations. Run after a build: node libs/kernels/bench/kernels.bench.mjs */
import { createKernelMemory, dictionarySlotBytes, openKernels } from '@ticklake/kernels';

const COUNT = 100_000;
const MIB = 2 ** 20;
const [A, B, C, D, STATE, SCRATCH] = [1, 2, 4, 8, 12, 13].map((mib) => mib * MIB);

let seed = 1;
const random = () => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;

function measure(name, work) {
  work();
  work();
  let calls = 0;
  const start = process.cpuUsage();
  let usedUs = 0;
  while (usedUs < 300_000) {
    work();
    calls++;
    const { user, system } = process.cpuUsage(start);
    usedUs = user + system;
  }
  return [name, (usedUs * 1000) / calls / COUNT];
}

function figures(choice) {
  const memory = createKernelMemory();
  memory.grow(16 * MIB);
  const kernels = openKernels(memory, choice);
  const u32 = new Uint32Array(memory.buffer);
  const f64 = new Float64Array(memory.buffer);
  const u8 = new Uint8Array(memory.buffer);
  const fill = (address, next) => u32.set(Uint32Array.from({ length: COUNT }, next), address / 4);
  const rows = [];
  const run = (name, work) => rows.push(measure(name, work));

  fill(A, () => random() * 2 ** 32);
  fill(A + 4 * COUNT, () => random() * 2 ** 32);
  run('hash64', () => {
    for (let row = 0; row < COUNT; row += 4000) kernels.hash64(C, A + 8 * row, 4000, STATE, 0, 0, 0);
  });
  fill(B, () => random() * 5000);
  run('hashCodes, 5,000 entries', () => {
    for (let row = 0; row < COUNT; row += 4000) kernels.hashCodes(C, B + 4 * row, 4000, A, 0, 0, 0);
  });
  run('hashFinish', () => kernels.hashFinish(C, COUNT));
  run('hashPlaces', () => kernels.hashPlaces(C, COUNT, 0, STATE, STATE + 64));
  run('hashJoinPlaces', () => kernels.hashJoinPlaces(C, D, COUNT, STATE + 64, 0, STATE, STATE + 80));
  run('gather64', () => kernels.gather64(A, B, COUNT, C));
  run('renumber', () => {
    u32.fill(0, C / 4, C / 4 + 5000);
    kernels.renumber(B, COUNT, C, D);
  });
  const size = kernels.hybridWrite(B, COUNT, 13, C);
  run('hybridWrite, 13 bits', () => kernels.hybridWrite(B, COUNT, 13, C));
  run('hybridRead, 13 bits', () => {
    kernels.hybridOpen(STATE, C, C + size, 13, COUNT);
    kernels.hybridRead(STATE, COUNT, 5000, D);
  });
  for (let i = 0; i < COUNT; i++) f64[A / 8 + i] = Math.floor(random() * 5000) / 1000;
  run('intern64, 5,000 distinct', () => {
    kernels.dictionaryOpen(STATE, D, C, 10_000);
    kernels.intern64(STATE, A, COUNT, C + MIB);
  });
  run('boundsF64', () => kernels.boundsF64(A, COUNT, STATE));
  run('boundsI64', () => kernels.boundsI64(A, COUNT, STATE));
  run('snappyEncode, bytes of doubles', () => kernels.snappyEncode(A, 8 * COUNT, C, SCRATCH));
  const block = kernels.snappyEncode(A, 8 * COUNT, C, SCRATCH);
  run('snappyDecode, bytes of doubles', () => kernels.snappyDecode(C, block, D, 8 * COUNT));
  for (let i = 0, at = 0; i < COUNT; i++)
    new BigInt64Array(memory.buffer)[A / 8 + i] = BigInt((at += Math.floor(random() * 40)));
  const deltas = kernels.deltaWrite64(A, COUNT, C, SCRATCH);
  run('deltaWrite64', () => kernels.deltaWrite64(A, COUNT, C, SCRATCH));
  run('deltaRead64', () => {
    kernels.deltaOpen(STATE, C, C + deltas, COUNT);
    kernels.deltaRead64(STATE, D, COUNT);
  });
  run('descent64', () => kernels.descent64(A, COUNT));
  run('xxHashWords64', () => kernels.xxHashWords64(A, COUNT, B));
  run('bloomAdd, 256 KiB', () => kernels.bloomAdd(C, (256 * 1024) / 32, B, COUNT));
  u8.fill(0, 0, 64);
  return rows;
}

const wasm = figures('wasm');
const portable = figures('portable');
console.log(`slots of a dictionary of 10,000: ${dictionarySlotBytes(10_000)} bytes`);
wasm.forEach(([name, ns], i) =>
  console.log(`${name.padEnd(34)} ${ns.toFixed(2).padStart(7)} ${portable[i][1].toFixed(2).padStart(8)}`),
);
