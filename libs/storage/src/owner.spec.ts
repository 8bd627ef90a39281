import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  formatOwner,
  isAlive,
  isOwnerAlive,
  ownerOfTemporary,
  ownerText,
  parseOwner,
  temporaryName,
  thisOwner,
} from './owner.js';

describe('owner', () => {
  it('is written and read back', () => {
    const owner = thisOwner();
    expect(parseOwner(formatOwner(owner, 'abc123'))).toEqual({ owner, token: 'abc123' });
    expect(ownerOfTemporary(temporaryName(owner, 'put'))).toEqual(owner);
    expect(temporaryName(owner, 'put')).not.toBe(temporaryName(owner, 'put'));
    expect(Buffer.byteLength(temporaryName(owner, 'scratch'))).toBeLessThan(200);
  });

  it.each(['', '.tmp-', '.tmp-1-2-3-put', '.tmp-x-2-3-4-5-put', '.tmp-1-2-3-4-5-other', '1-2-3-4-5', 'data'])(
    'does not take %j for a temporary',
    (name) => {
      expect(ownerOfTemporary(name)).toBeUndefined();
    },
  );

  it('is known to be alive or dead in its own world only', async () => {
    const owner = thisOwner();
    expect(isAlive(owner)).toBe(true);
    expect(isAlive({ ...owner, startTicks: '1' })).toBe(false);
    expect(isAlive({ ...owner, world: 'ffff' })).toBeUndefined();
    const child = spawn('sleep', ['60']);
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string;
    const other = { ...owner, pid: child.pid as number, startTicks };
    expect(isAlive(other)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(other)).toBe(false);
  });

  it('is told to others as text', () => {
    expect(isOwnerAlive(ownerText())).toBe(true);
    expect(isOwnerAlive(formatOwner({ ...thisOwner(), startTicks: '1' }, 'abc123'))).toBe(false);
    expect(isOwnerAlive('somebody else')).toBeUndefined();
  });
});
