import { errorText } from '@ticklake/core';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findR2Access } from './r2-credentials.js';
import { r2CredentialsPath, readR2Credentials, writeR2Credentials } from './write-r2-credentials.js';

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ticklake-r2-'));
  path = r2CredentialsPath({ HOME: home });
});
afterEach(() => rmSync(home, { recursive: true }));

const ACCESS = {
  endpoint: 'https://abc.r2.cloudflarestorage.com',
  accessKeyId: 'key-id',
  secretAccessKey: 'secret-key',
  bucket: 'lake',
};
const modeOf = (file: string) => statSync(file).mode & 0o777;

it.each([
  [{ HOME: '/h' }, '/h/.config/ticklake/r2_credentials.json'],
  [{ HOME: '/h', XDG_CONFIG_HOME: '/x' }, '/x/ticklake/r2_credentials.json'],
  [{ HOME: '/h', XDG_CONFIG_HOME: '/x', R2_CREDENTIALS_FILE: '/f.json' }, '/f.json'],
])('credentials of %j are kept in %s', (env, expected) => {
  expect(r2CredentialsPath(env)).toBe(expected);
});

it('nothing says where they are kept without a home', () => {
  expect(() => r2CredentialsPath({})).toThrow(
    expect.objectContaining({ kind: 'invalid', code: 'CREDENTIALS' }),
  );
});

it('what is written is what is found, and its owner alone can read it and its folder', async () => {
  const umask = process.umask(0);
  try {
    await writeR2Credentials(ACCESS, { path, replace: false });
  } finally {
    process.umask(umask);
  }
  expect(await findR2Access({ HOME: home })).toEqual(ACCESS);
  expect(await readR2Credentials(path)).toEqual(ACCESS);
  expect([modeOf(path), modeOf(dirname(path))]).toEqual([0o600, 0o700]);
  expect(readdirSync(dirname(path))).toEqual(['r2_credentials.json']);
});

it('a bucket may be left out', async () => {
  const { bucket: _, ...access } = ACCESS;
  await writeR2Credentials(access, { path, replace: false });
  expect(await readR2Credentials(path)).toEqual(access);
});

it('a file that is there is kept, or replaced by one that nobody else can read', async () => {
  await writeR2Credentials(ACCESS, { path, replace: false });
  const before = readFileSync(path, 'utf8');
  const other = { ...ACCESS, secretAccessKey: 'another-secret' };
  const refusal: unknown = await writeR2Credentials(other, { path, replace: false }).catch(
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ kind: 'conflict', code: 'CREDENTIALS', details: { path } });
  expect(errorText(refusal)).not.toContain('secret');
  expect(readFileSync(path, 'utf8')).toBe(before);
  chmodSync(path, 0o644);
  await writeR2Credentials(other, { path, replace: true });
  expect(await readR2Credentials(path)).toEqual(other);
  expect(modeOf(path)).toBe(0o600);
  expect(readdirSync(dirname(path))).toEqual(['r2_credentials.json']);
});

it('a link is replaced, and not written through', async () => {
  mkdirSync(dirname(path), { recursive: true });
  const target = join(home, 'elsewhere.json');
  writeFileSync(target, 'untouched');
  symlinkSync(target, path);
  await writeR2Credentials(ACCESS, { path, replace: true });
  expect(readFileSync(target, 'utf8')).toBe('untouched');
  expect(await readR2Credentials(path)).toEqual(ACCESS);
});

it.each<[string, string]>([
  ['a home that is a file', 'file/ticklake/r2_credentials.json'],
  ['a name that is taken by a folder', 'folder'],
])('the disk refuses %s, and nothing is left behind', async (_, name) => {
  writeFileSync(join(home, 'file'), '');
  mkdirSync(join(home, 'folder'));
  const place = { path: join(home, name), replace: true };
  const refusal: unknown = await writeR2Credentials(ACCESS, place).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ kind: 'denied', code: 'CREDENTIALS', details: { path: place.path } });
  expect(errorText(refusal)).not.toContain('secret-key');
  expect(readdirSync(home).sort()).toEqual(['file', 'folder']);
});

it.each(['/proc/self/r2_credentials.json', '/proc/self/none/r2_credentials.json'])(
  '%s cannot be written, which ends',
  async (where) => {
    const place = { path: where, replace: false };
    await expect(writeR2Credentials(ACCESS, place)).rejects.toMatchObject({
      kind: 'denied',
      code: 'CREDENTIALS',
    });
  },
);

it.each<[string, Partial<typeof ACCESS>]>([
  ['an endpoint that is none', { endpoint: 'secret-key' }],
  ['an endpoint without TLS', { endpoint: 'http://example.com' }],
  ['no key', { accessKeyId: '' }],
  ['a secret of two lines', { secretAccessKey: 'secret-key\nx' }],
  ['no bucket where one is to be', { bucket: '' }],
  ['a bucket that is none', { bucket: 'A B' }],
])('%s is refused before anything is written', async (_, change) => {
  const access = { ...ACCESS, ...change };
  const refusal: unknown = await writeR2Credentials(access, { path, replace: false }).catch(
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({ kind: 'invalid' });
  expect(errorText(refusal)).not.toContain('secret-key');
  expect(readdirSync(home)).toEqual([]);
});

it('there is nothing where there is no file, and nothing to be had of one that others can read', async () => {
  expect(await readR2Credentials(path)).toBeUndefined();
  await writeR2Credentials(ACCESS, { path, replace: false });
  chmodSync(path, 0o640);
  await expect(readR2Credentials(path)).rejects.toMatchObject({ kind: 'denied', code: 'CREDENTIALS' });
});
