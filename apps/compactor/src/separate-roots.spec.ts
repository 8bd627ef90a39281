import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { nodeFileSystem } from '@ticklake/storage';
import { app } from './app.js';
import { openReadOnly } from './open-stores.js';
import { requireSeparateRoots } from './separate-roots.js';
import { noonOf } from './testing/context.js';

let base: string;
beforeEach(() => void (base = mkdtempSync(join(tmpdir(), 'ticklake-roots-'))));
afterEach(() => rmSync(base, { recursive: true }));

function check(raw: string, compact: string, env: Record<string, string> = {}): Promise<void> {
  const stores = { raw: openReadOnly(raw, env), compact: openReadOnly(compact, env) };
  return requireSeparateRoots(stores, { raw, compact }, { env, fileSystem: nodeFileSystem });
}

const refusal = { kind: 'invalid', code: 'ROOTS' };

it.each<[string, string, string]>([
  ['the same directory', 'a', 'a'],
  ['the same directory in other words', 'a/../a/', './a'],
  ['a lake in the spool', 'a', 'a/lake'],
  ['a spool in the lake', 'a/spool', 'a'],
  ['a lake in the spool that is not there yet', 'new', 'new/deep/lake'],
])('refuses %s', async (_, raw, compact) => {
  mkdirSync(join(base, 'a'));
  await expect(check(`${base}/${raw}`, `${base}/${compact}`)).rejects.toMatchObject(refusal);
});

it('refuses the root of the disk, as either', async () => {
  await expect(check('/', `${base}/lake`)).rejects.toMatchObject(refusal);
  await expect(check(`${base}/spool`, '/')).rejects.toMatchObject(refusal);
  await expect(check('s3://spool', 'file:///')).rejects.toMatchObject(refusal);
});

it('follows symbolic links', async () => {
  mkdirSync(join(base, 'a', 'b'), { recursive: true });
  symlinkSync('a', join(base, 'way'));
  symlinkSync(join(base, 'way', 'b'), join(base, 'far'));
  await expect(check(join(base, 'a'), join(base, 'far', 'lake'))).rejects.toMatchObject(refusal);
  symlinkSync('round', join(base, 'round'));
  await expect(check(join(base, 'round'), join(base, 'a'))).rejects.toMatchObject(refusal);
});

it.each<[string, string, string]>([
  ['one bucket', 's3://lake', 's3://lake'],
  ['a prefix of the bucket', 's3://lake', 's3://lake/compact'],
  ['nested prefixes', 'gs://lake/raw/compact', 'gs://lake/raw'],
  ['one bucket with other parameters', 's3://lake/x?region=eu-west-1', 's3://lake/x?profile=p'],
  ['one bucket of the usual account', 'r2://lake', 'r2://lake/x'],
])('refuses %s', async (_, raw, compact) => {
  await expect(check(raw, compact)).rejects.toMatchObject(refusal);
});

it.each<[string, string, string]>([
  ['two buckets', 's3://raw', 's3://compact'],
  ['two prefixes of a bucket', 's3://lake/raw', 's3://lake/compact'],
  ['prefixes of which one begins as the other', 's3://lake/raw', 's3://lake/raw-compact'],
  ['one name at two services', 's3://lake', 'gs://lake'],
  [
    'one name at two endpoints',
    's3://lake?endpoint=https://a.example',
    's3://lake?endpoint=https://b.example',
  ],
  ['stores in memory', 'memory:', 'memory:'],
])('takes %s', async (_, raw, compact) => {
  await expect(check(raw, compact)).resolves.toBeUndefined();
});

it('knows an endpoint from the environment', async () => {
  const env = {
    RAW_AWS_ENDPOINT_URL: 'https://a.example',
    RAW_AWS_ACCESS_KEY_ID: 'id',
    RAW_AWS_SECRET_ACCESS_KEY: 'key',
    AWS_ENDPOINT_URL: 'https://b.example',
  };
  await expect(check('s3://lake?credentials=RAW', 's3://lake', env)).resolves.toBeUndefined();
  await expect(check('s3://lake?endpoint=https://b.example', 's3://lake', env)).rejects.toMatchObject(
    refusal,
  );
});

it.each(['spool', 'spool/lake'])('stops a run before it touches anything: --compact %s', async (compact) => {
  mkdirSync(join(base, 'spool'));
  const argv = ['--raw', join(base, 'spool'), '--compact', join(base, compact), '--no-isolate'];
  const host = memoryHost({ argv, clock: noonOf('2026-02-04') });
  expect(await runCli(app, host)).toBe(2);
  expect(host.err()).toContain('spool and lake need places of their own');
});
