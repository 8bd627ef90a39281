import { systemClock } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem } from '../file-system.js';
import { formatOwner, randomToken, temporaryName } from '../owner.js';
import { createScratchFile } from './create-scratch-file.js';
import { sweepScratch } from './sweep-scratch.js';

describe('sweepScratch', () => {
  const { owner } = nodeFileSystem;
  const dead = { ...owner, startTicks: '1' };
  const foreign = { ...owner, world: '000000000000' };
  const hourMs = 3_600_000;
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'ticklake-sweep-'));
  });
  afterEach(() => rm(base, { recursive: true }));

  it('removes what the dead left and nothing else', async () => {
    const mine = await createScratchFile(base);
    const living = (await readdir(base))[0] as string;
    const left = [temporaryName(dead, 'scratch'), temporaryName(dead, 'put')];
    const others = ['data.parquet', '.tmp-of-somebody-else', '.hidden', temporaryName(foreign, 'scratch')];
    for (const name of [...left, ...others]) await writeFile(join(base, name), '');
    const removed = await sweepScratch(base, { clock: systemClock, ageMinMs: hourMs, recursive: false });
    expect([...removed].sort()).toEqual(left.map((name) => join(base, name)).sort());
    expect((await readdir(base)).sort()).toEqual([...others, living].sort());
    await mine.dispose();
  });

  it('removes what cannot be judged once it is old', async () => {
    await writeFile(join(base, temporaryName(foreign, 'scratch')), '');
    const later = fakeClock(systemClock.nowMs() + 2 * hourMs);
    expect(await sweepScratch(base, { clock: later, ageMinMs: 3 * hourMs, recursive: false })).toEqual([]);
    expect(await sweepScratch(base, { clock: later, ageMinMs: hourMs, recursive: false })).toHaveLength(1);
  });

  it('goes below only when told to, and takes the locks of the dead', async () => {
    await mkdir(join(base, 'a', 'b'), { recursive: true });
    await writeFile(join(base, 'a', 'b', temporaryName(dead, 'put')), '');
    await symlink(formatOwner(dead, randomToken()), join(base, 'a', '.lock-0123456789abcdef'));
    await symlink(
      formatOwner({ ...owner, instance: 'abcd' }, randomToken()),
      join(base, '.lock-0123456789abcdef'),
    );
    const options = { clock: systemClock, ageMinMs: hourMs };
    expect(await sweepScratch(base, { ...options, recursive: false })).toEqual([]);
    const before = await readdir(base, { recursive: true });
    const told = await sweepScratch(base, { ...options, recursive: true, dryRun: true });
    expect(await readdir(base, { recursive: true })).toEqual(before);
    expect(told).toHaveLength(2);
    expect(await sweepScratch(base, { ...options, recursive: true })).toEqual(told);
    expect((await readdir(base, { recursive: true })).sort()).toEqual(['.lock-0123456789abcdef', 'a', 'a/b']);
  });

  it('finds nothing where nothing is', async () => {
    const options = { clock: systemClock, ageMinMs: 0, recursive: true };
    expect(await sweepScratch(join(base, 'no', 'such'), options)).toEqual([]);
  });
});
