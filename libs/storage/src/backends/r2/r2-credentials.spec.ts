import { errorText } from '@ticklake/core';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findR2Access } from './r2-credentials.js';

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'ticklake-r2-'))));
afterEach(() => rmSync(home, { recursive: true }));

const KEY = { R2_ACCESS_KEY_ID: 'key-id', R2_SECRET_ACCESS_KEY: 'secret-key' };
const FOUND = { accessKeyId: 'key-id', secretAccessKey: 'secret-key' };

function writeFile(name: string, content: unknown, mode = 0o600): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  chmodSync(path, mode);
  return path;
}

describe('access to R2', () => {
  it.each([
    [{ R2_ACCOUNT_ID: 'abc123' }, 'https://abc123.r2.cloudflarestorage.com'],
    [{ R2_ENDPOINT: 'https://abc.eu.r2.cloudflarestorage.com' }, 'https://abc.eu.r2.cloudflarestorage.com'],
  ])('comes from the environment', async (where, endpoint) => {
    expect(await findR2Access({ ...KEY, ...where })).toEqual({ ...FOUND, endpoint });
  });

  it.each([
    ['.config/ticklake/r2_credentials.json', { ...KEY, R2_ENDPOINT: 'https://e' }],
    ['.config/instrumetriq/r2_credentials.json', { ...KEY, R2_ENDPOINT: 'https://e' }],
    [
      '.config/ticklake/r2_credentials.json',
      { endpoint: 'https://e', access_key_id: 'key-id', secret_access_key: 'secret-key', bucket: 'lake' },
    ],
  ])('comes from %s', async (name, content) => {
    writeFile(name, content);
    const bucket = 'bucket' in content ? { bucket: 'lake' } : {};
    expect(await findR2Access({ HOME: home })).toEqual({ ...FOUND, ...bucket, endpoint: 'https://e' });
  });

  it('comes from the file that is named, or from the configuration directory that is', async () => {
    const path = writeFile('x/here.json', { ...KEY, account_id: 'abc' });
    const found = { ...FOUND, endpoint: 'https://abc.r2.cloudflarestorage.com' };
    expect(await findR2Access({ HOME: '/nowhere', R2_CREDENTIALS_FILE: path })).toEqual(found);
    writeFile('xdg/ticklake/r2_credentials.json', { ...KEY, account_id: 'abc' });
    expect(await findR2Access({ XDG_CONFIG_HOME: join(home, 'xdg') })).toEqual(found);
    expect(await findR2Access({ XDG_CONFIG_HOME: join(home, 'xdg'), R2_ENDPOINT: 'https://other' })).toEqual({
      ...FOUND,
      endpoint: 'https://other',
    });
  });

  it('takes from the environment what is there, and the rest from the file', async () => {
    writeFile('.config/ticklake/r2_credentials.json', { ...KEY, R2_ENDPOINT: 'https://old' });
    const renewed = { R2_ACCESS_KEY_ID: 'renewed', R2_SECRET_ACCESS_KEY: 'renewed-secret' };
    expect(await findR2Access({ HOME: home, ...renewed })).toEqual({
      ...{ endpoint: 'https://old', accessKeyId: 'renewed', secretAccessKey: 'renewed-secret' },
    });
    expect(await findR2Access({ HOME: home, R2_ACCOUNT_ID: 'abc' })).toEqual({
      ...FOUND,
      endpoint: 'https://abc.r2.cloudflarestorage.com',
    });
  });

  it('says which file is named and not there', async () => {
    const refusal = findR2Access({ HOME: home, R2_CREDENTIALS_FILE: '/no/such.json' });
    await expect(refusal).rejects.toMatchObject({ kind: 'denied', details: { missing: '/no/such.json' } });
  });

  it.each([
    ['no credentials anywhere', undefined, 0o600, 'denied'],
    ['a file that its group can read', { ...KEY, account_id: 'abc' }, 0o640, 'denied'],
    ['a file that everybody can read', { ...KEY, account_id: 'abc' }, 0o604, 'denied'],
    ['a file that is no JSON', '{"R2_SECRET_ACCESS_KEY": secret-key', 0o600, 'invalid'],
    ['a file that is a list', ['secret-key'], 0o600, 'invalid'],
    ['a file without a key', { account_id: 'abc', note: 'secret-key' }, 0o600, 'invalid'],
    ['a file without an account', KEY, 0o600, 'invalid'],
    ['an account that is none', { ...KEY, account_id: 'evil.example/secret-key' }, 0o600, 'invalid'],
    ['a file as large as no credentials are', `"${'secret-key'.repeat(10_000)}"`, 0o600, 'invalid'],
  ])('is refused with %s', async (_, content, mode, kind) => {
    if (content !== undefined) writeFile('.config/ticklake/r2_credentials.json', content, mode);
    const refusal: unknown = await findR2Access({ HOME: home }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ kind, code: 'CREDENTIALS' });
    expect(errorText(refusal)).not.toContain('secret-key');
  });
});
