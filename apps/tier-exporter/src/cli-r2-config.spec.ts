import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost, type MemoryHostOptions } from '@ticklake/cli-kit/testing';
import { startObjectServer, type ObjectServer } from '@ticklake/storage/testing';
import { app } from './app.js';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret-of-anyone' };
let server: ObjectServer;
beforeAll(async () => {
  server = await startObjectServer({ dialect: 'r2', buckets: ['lake'], credentials: KEY });
});
afterAll(() => server.close());

let home: string;
let path: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ticklake-r2-config-'));
  path = join(home, '.config/ticklake/r2_credentials.json');
});
afterEach(() => rmSync(home, { recursive: true }));

/** What is in the environment where nobody is asked. */
const ENV = {
  R2_ACCESS_KEY_ID: KEY.accessKeyId,
  R2_SECRET_ACCESS_KEY: KEY.secretAccessKey,
  R2_BUCKET: 'lake',
};

async function run(argv: readonly string[], options: Omit<MemoryHostOptions, 'argv'> = {}) {
  const env = { HOME: home, ...options.env };
  const host = memoryHost({ ...options, env, argv: ['r2-config', ...argv] });
  const code = await runCli(app, host);
  for (const text of [host.out(), host.err()]) expect(text).not.toContain(KEY.secretAccessKey);
  return { code, out: host.out(), err: host.err(), asked: host.asked() };
}

const stored = () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;

describe('r2-config', () => {
  it('asks for what it needs, the secret hidden, and writes it for the owner alone', async () => {
    const answers = ['0123abcd', KEY.accessKeyId, KEY.secretAccessKey, 'lake'];
    expect(await run([], { answers })).toMatchObject({
      code: 0,
      out: `${path}: written\n`,
      asked: ['Account id: ', 'Access key id: ', '[Secret access key (not shown): ]', 'Bucket: '],
    });
    expect(stored()).toEqual({
      endpoint: 'https://0123abcd.r2.cloudflarestorage.com',
      access_key_id: KEY.accessKeyId,
      secret_access_key: KEY.secretAccessKey,
      bucket: 'lake',
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('asks for no more than flags and environment leave open', async () => {
    const env = { R2_ACCESS_KEY_ID: KEY.accessKeyId };
    const { code, asked } = await run(['--account', 'abc', '--bucket', 'lake'], {
      env,
      answers: ['hidden-key'],
    });
    expect({ code, asked }).toEqual({ code: 0, asked: ['[Secret access key (not shown): ]'] });
  });

  it('takes all from flags and environment where nobody can be asked, and names what is missing', async () => {
    const none = await run([]);
    expect(none).toMatchObject({
      code: 2,
      err: expect.stringContaining('R2_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY, R2_BUCKET'),
    });
    expect(readdirSync(home)).toEqual([]);
    expect((await run([], { env: { ...ENV, R2_ACCOUNT_ID: 'abc' } })).code).toBe(0);
    expect(stored()['endpoint']).toBe('https://abc.r2.cloudflarestorage.com');
  });

  it('has no flag for the secret: the arguments of a process are no secret', async () => {
    const { code } = await run(['--secret-access-key', 'hush-hush']);
    expect(code).toBe(2);
  });

  it('writes nothing when Ctrl-C is typed at any question', async () => {
    for (const answers of [[], ['abc'], ['abc', 'key'], ['abc', 'key', 'hush-hush']]) {
      expect((await run([], { answers })).code).toBe(130);
      expect(readdirSync(home)).toEqual([]);
    }
  });

  it('refuses an account that is none without repeating it', async () => {
    const { code, err } = await run([], { answers: [KEY.secretAccessKey, 'key', 'hush-hush', 'lake'] });
    expect(code).toBe(2);
    expect(err).toContain('the account of R2 is letters and digits');
  });

  it('says so where the home cannot be written to', async () => {
    const env = { ...ENV, R2_ACCOUNT_ID: 'abc', XDG_CONFIG_HOME: '/proc/self' };
    expect(await run([], { env })).toMatchObject({
      code: 12,
      err: expect.stringContaining('cannot be written'),
    });
    expect((await run([], { env: { ...env, HOME: undefined, XDG_CONFIG_HOME: undefined } })).code).toBe(2);
  });
});

describe('a file that is there', () => {
  const env = { ...ENV, R2_ACCOUNT_ID: 'other' };
  beforeEach(async () => {
    await run(['--account', 'first'], { env: ENV });
  });
  const endpoint = () => /\/\/(\w+)\./.exec(stored()['endpoint'] ?? '')?.[1];

  it.each([
    ['n', 'first', 'kept'],
    ['', 'first', 'kept'],
    ['y', 'other', 'written'],
    ['YES', 'other', 'written'],
  ])('is asked about; after "%s" it is that of %s', async (answer, expected, status) => {
    const { code, out, asked } = await run([], { env, answers: [answer] });
    expect({ code, out }).toEqual({ code: 0, out: `${path}: ${status}\n` });
    expect(asked).toEqual([`${path} is there. Replace it? [y/N] `]);
    expect(endpoint()).toBe(expected);
  });

  it('is kept where nobody can be asked, and replaced with --yes', async () => {
    expect(await run([], { env })).toMatchObject({ code: 15, err: expect.stringContaining('it is kept') });
    expect(endpoint()).toBe('first');
    expect((await run(['--yes'], { env })).code).toBe(0);
    expect(endpoint()).toBe('other');
  });

  it('is not used when others can read it, and is replaced by one that they cannot', async () => {
    chmodSync(path, 0o644);
    expect(await run([], { env, answers: ['n'] })).toMatchObject({
      code: 12,
      err: expect.stringContaining('chmod 600'),
    });
    expect((await run([], { env, answers: ['y'] })).code).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('--test', () => {
  const flags = () => ['--endpoint', server.endpoint];

  it('tries the bucket by the file, and leaves nothing there', async () => {
    const { code, out } = await run([...flags(), '--test', '--json'], { env: ENV });
    const { findings, status } = JSON.parse(out) as { findings: { holds: boolean }[]; status: string };
    expect({ code, status }).toEqual({ code: 0, status: 'written' });
    expect(findings.length).toBeGreaterThan(8);
    expect(findings.every(({ holds }) => holds)).toBe(true);
    const keys = [...new Set(server.requests.flatMap(({ key }) => key ?? []))];
    expect(keys.length).toBeGreaterThan(8);
    expect(keys.filter((key) => server.stored('lake', key) !== undefined)).toEqual([]);
  });

  it('tries what is there already where nobody can be asked, whatever the environment says', async () => {
    await run(flags(), { env: ENV });
    const { code, out } = await run(['--test'], { env: { R2_SECRET_ACCESS_KEY: 'some-other-secret' } });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`${path}: kept\n`) });
  });

  it('ends with 4 where the bucket does not keep what publishing rests on', async () => {
    server.injectFaults(() => ({ kind: 'ignoredConditions' }));
    const { code, out } = await run([...flags(), '--test'], { env: ENV });
    server.injectFaults(undefined);
    expect({ code, out }).toEqual({ code: 4, out: expect.stringContaining('NO: ') });
  });

  it('ends with 12 where the key is not let in', async () => {
    const env = { ...ENV, R2_SECRET_ACCESS_KEY: 'not-the-secret' };
    expect((await run([...flags(), '--test'], { env })).code).toBe(12);
  });

  it('ends with 2 where no bucket is known', async () => {
    await run(flags(), { env: ENV });
    const { bucket: _, ...rest } = stored();
    writeFileSync(path, JSON.stringify(rest));
    expect(await run(['--test'])).toMatchObject({ code: 2, err: expect.stringContaining('--bucket') });
  });
});
