import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localStore } from '@ticklake/storage';
import { startObjectServer, type ObjectServer, type ServerFault } from '@ticklake/storage/testing';
import { putSpool } from './testing/spool.js';
import { BBO, rowsFrom } from './testing/two-partitions.js';

// The program as it is installed, given secrets in every place where it takes them, and made to fail in every way.
const BIN = fileURLToPath(new URL('../bundle/main.js', import.meta.url));
const CANARIES = [
  'CANARYKEYID0001',
  'canary-secret-0002',
  'canary-session-0003',
  'canary-url-0004',
  'canary-file-0005',
  'canary-hook-0006',
];
const [KEY_ID, SECRET, SESSION, IN_URL, IN_FILE, IN_HOOK] = CANARIES as [
  string,
  string,
  string,
  string,
  string,
  string,
];

let server: ObjectServer;
let root: string;

beforeAll(async () => {
  if (!existsSync(BIN)) throw new Error('the program is not built: nx bundle @ticklake/compactor');
  const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET };
  server = await startObjectServer({ dialect: 's3', buckets: ['lake'], credentials });
});
afterAll(() => server.close());
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-secrets-'));
  server.reset();
  await putSpool(localStore(join(root, 'raw')), `${BBO}2026-02-03_10-00-00.parquet`, rowsFrom(0, 10));
});
afterEach(() => {
  server.injectFaults(undefined);
  rmSync(root, { recursive: true });
});

const ENV = () => ({
  ...{ AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET, HOME: root },
  ...{ R2_ACCESS_KEY_ID: KEY_ID, R2_SECRET_ACCESS_KEY: SECRET, R2_ENDPOINT: server.endpoint },
  // Nobody listens there: every failure is told in vain, which is told, too.
  TICKLAKE_WEBHOOK: `http://127.0.0.1:9/${IN_HOOK}?sig=${IN_HOOK}`,
});

/** Everything that the program says. */
async function outputOf(args: readonly string[], env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (text += piece.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return `${text}\nexit ${code}`;
}

/** Everything that it wrote. */
function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}

function expectNoCanary(text: string): void {
  for (const canary of CANARIES) expect(text).not.toContain(canary);
}

const lake = () => `s3://lake/published?endpoint=${server.endpoint}`;
const status = (code: number): ServerFault => ({ kind: 'status', status: code, when: 'before' });

describe('no secret is in anything that the program says or writes', () => {
  it.each<[string, ServerFault | undefined, Record<string, string>, string[]]>([
    ['when all goes well', undefined, {}, ['exit 0']],
    ['when access is denied', status(403), {}, ['exit 12']],
    ['when the key is wrong', undefined, { AWS_SECRET_ACCESS_KEY: `${SECRET}-wrong` }, ['exit 12']],
    [
      'when the key is unknown, and temporary',
      undefined,
      { AWS_SESSION_TOKEN: SESSION, AWS_ACCESS_KEY_ID: 'x' },
      ['exit 12'],
    ],
    ['when the store is elsewhere', status(301), {}, ['exit 2']],
    ['when a request is refused', status(400), {}, ['exit 2']],
    [
      'when conditions are ignored',
      { kind: 'ignoredConditions' },
      {},
      ['exit 2', 'refuse to create what is there'],
    ],
  ])('%s', async (_, fault, env, expected) => {
    server.injectFaults(fault === undefined ? undefined : () => fault);
    const day = ['--date', '20260203', '--scratch', join(root, 'scratch')];
    const args = ['run', '--raw', join(root, 'raw'), '--compact', lake(), ...day];
    const output = await outputOf(args, { ...ENV(), ...env });
    for (const text of expected) expect(output).toContain(text);
    expect(output.includes('the webhook was not told')).toBe(!expected.includes('exit 0'));
    expectNoCanary(output);
    for (const { key } of server.requests) {
      if (key === undefined) continue;
      const { bytes, metadata } = server.stored('lake', key) ?? { bytes: new Uint8Array(), metadata: {} };
      expectNoCanary(Buffer.from(bytes).toString('latin1') + JSON.stringify(metadata));
    }
    for (const file of filesBelow(root)) expectNoCanary(readFileSync(file, 'latin1'));
  });

  it.each<[string, string[], number]>([
    ['a key in a url', ['--compact', `s3://${IN_URL}:${IN_URL}@lake/x`], 2],
    ['a parameter that is none', ['--compact', `s3://lake/x?secret=${IN_URL}`], 2],
    ['an endpoint with a password', ['--compact', `s3://lake?endpoint=https://u:${IN_URL}@h`], 2],
    ['an endpoint with a query', ['--compact', `gs://lake?endpoint=https://h/?token=${IN_URL}`], 2],
    ['a webhook over plain http', ['--compact', 's3://lake', '--webhook', `http://h.example/${IN_URL}`], 2],
    ['a webhook that is none', ['--compact', 's3://lake', '--webhook', IN_URL], 2],
    ['a url that is printed', ['--compact', `s3://u:${IN_URL}@lake/x`, '--print-config'], 0],
  ])('with %s', async (_, flags, code) => {
    const output = await outputOf(['run', '--raw', join(root, 'raw'), ...flags], ENV());
    expect(output).toContain(`exit ${code}`);
    expectNoCanary(output);
  });

  it.each([
    ['that others can read', 0o644, `{"R2_SECRET_ACCESS_KEY":"${IN_FILE}"}`, 12],
    ['that is not JSON', 0o600, `R2_SECRET_ACCESS_KEY=${IN_FILE}`, 2],
    ['that lacks a key', 0o600, `{"R2_SECRET_ACCESS_KEY":"${IN_FILE}"}`, 2],
  ])('with a credentials file %s', async (_, mode, content, code) => {
    const path = join(root, '.config', 'ticklake', 'r2_credentials.json');
    mkdirSync(join(root, '.config', 'ticklake'), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
    const output = await outputOf(['probe', 'r2://lake/x'], { HOME: root });
    expect(output).toContain(`exit ${code}`);
    expectNoCanary(output);
  });
});
