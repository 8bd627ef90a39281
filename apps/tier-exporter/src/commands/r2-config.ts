import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { isLakeError, LakeError } from '@ticklake/core';
import {
  openStore,
  probePolicy,
  probeStore,
  r2CredentialsPath,
  r2EndpointOf,
  readR2Credentials,
  writeR2Credentials,
  type ProbeFinding,
  type R2Access,
} from '@ticklake/storage';
import { r2ConfigConfig, type R2ConfigConfig } from '../config/r2-config.js';
import { REQUESTS } from '../limits.js';

/** `ticklake-tier-exporter r2-config`: where R2 is and with which key, in a file that nobody else can read (OP-11, OP-12). */
export const r2ConfigCommand = defineCommand({
  summary: 'keep account, key and bucket of R2 in a file that nobody else can read',
  config: r2ConfigConfig,
  examples: [
    { does: 'ask for everything, write it, and try the bucket', line: 'r2-config --test' },
    {
      does: 'ask nobody; the secret is in R2_SECRET_ACCESS_KEY',
      line: 'r2-config --account 0123abcd --access-key-id 4567 --bucket datasets --yes',
    },
  ],
  run,
});

async function run(context: CommandContext<R2ConfigConfig>): Promise<CommandOutcome> {
  const { config, env } = context;
  const path = r2CredentialsPath(env);
  const isWritten = await settle(path, context);
  // What is told of, and tried, is the file: the environment of this run is not that of the next.
  const access = await readR2Credentials(path);
  const tried = config.test ? await tryBucket(config.bucket ?? access?.bucket, path) : [];
  const status = isWritten ? 'written' : 'kept';
  const lines = tried.map(({ check, holds, detail }) => `${check}: ${holds ? 'yes' : `NO: ${detail ?? ''}`}`);
  context.print({ status, path, findings: tried }, [`${path}: ${status}`, ...lines].join('\n'));
  return tried.some(({ isRequired, holds }) => isRequired && !holds) ? 'findings' : 'success';
}

/** Whether the file was written; one that is there is kept unless somebody says otherwise. */
async function settle(path: string, context: CommandContext<R2ConfigConfig>): Promise<boolean> {
  const { config, terminal } = context;
  let replace = config.yes;
  if (!replace && (await isThere(path))) {
    // Without anybody to ask, a test is of what is there.
    if (terminal === undefined && config.test) return false;
    if (terminal !== undefined) {
      const answer = await terminal.ask(`${path} is there. Replace it? [y/N] `, { hidden: false });
      if (!/^y(es)?$/i.test(answer)) return false;
      replace = true;
    }
  }
  await writeR2Credentials(await accessOf(context), { path, replace });
  return true;
}

/** Whether there is a file, readable for others or not: it would be replaced by one that is not. */
async function isThere(path: string): Promise<boolean> {
  try {
    return (await readR2Credentials(path)) !== undefined;
  } catch (failure) {
    if (!isLakeError(failure)) throw failure;
    return true;
  }
}

/** From flags, the environment, or whoever sits at the terminal. */
async function accessOf({ config, env, terminal }: CommandContext<R2ConfigConfig>): Promise<R2Access> {
  const missing: string[] = [];
  const given = async (known: string | undefined, question: string, name: string, hidden = false) => {
    if (known !== undefined && known !== '') return known;
    if (terminal === undefined) missing.push(name);
    return (await terminal?.ask(`${question}: `, { hidden })) ?? '';
  };
  const endpoint = config.endpoint ?? (config.account === undefined ? env['R2_ENDPOINT'] : undefined);
  const account =
    endpoint === undefined
      ? await given(config.account ?? env['R2_ACCOUNT_ID'], 'Account id', 'R2_ACCOUNT_ID')
      : '';
  const accessKeyId = await given(
    config.accessKeyId ?? env['R2_ACCESS_KEY_ID'],
    'Access key id',
    'R2_ACCESS_KEY_ID',
  );
  const secret = env['R2_SECRET_ACCESS_KEY'];
  const secretAccessKey = await given(secret, 'Secret access key (not shown)', 'R2_SECRET_ACCESS_KEY', true);
  const bucket = await given(config.bucket ?? env['R2_BUCKET'], 'Bucket', 'R2_BUCKET');
  if (missing.length > 0) {
    throw new LakeError('invalid', `nobody can be asked here, and these are not set: ${missing.join(', ')}`, {
      code: 'USAGE',
    });
  }
  return { endpoint: endpoint ?? r2EndpointOf(account), accessKeyId, secretAccessKey, bucket };
}

async function tryBucket(bucket: string | undefined, path: string): Promise<readonly ProbeFinding[]> {
  if (bucket === undefined) throw new LakeError('invalid', '--test needs --bucket', { code: 'USAGE' });
  const env = { R2_CREDENTIALS_FILE: path };
  return probeStore(openStore(`r2://${bucket}`, { env, requests: probePolicy(REQUESTS) }));
}
