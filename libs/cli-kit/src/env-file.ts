import { LakeError } from '@ticklake/core';
import type { Host } from './host.js';
import { isSecretName } from './redact.js';

/** An environment, and where its variables come from. */
export interface LoadedEnv {
  readonly env: Host['env'];
  /** `TICKLAKE_RAW`, or `TICKLAKE_RAW in /etc/ticklake/env`. */
  originOf(variable: string): string;
}

/** Any of these, and others may use what is secret. */
const OTHERS_MODE = 0o007;

/**
 * The environment of `host`, and what it does not set from the file `path` (spec row OP-13): lines of `KEY=VALUE` as systemd
 * (`EnvironmentFile=`) and dotenv read them alike. An empty variable is not set.
 *
 * @throws LakeError `invalid` (`ENV_FILE`) naming the first line that is none; values are never repeated.
 * @throws LakeError `denied` (`ENV_FILE`) when the file has a variable whose name says it is secret, and may be used by others than its
 * owner and group.
 * @throws LakeError `missing` or `denied` when the file cannot be read.
 */
export async function loadEnv(path: string | undefined, host: Host): Promise<LoadedEnv> {
  if (path === undefined) return { env: host.env, originOf: (variable) => variable };
  const ofFile = parseEnvFile(await host.readText(path), path);
  await requirePrivate(path, ofFile, host);
  const used = [...ofFile].filter(([name]) => (host.env[name] ?? '') === '');
  const names = new Set(used.map(([name]) => name));
  return {
    env: { ...host.env, ...Object.fromEntries(used) },
    originOf: (variable) => (names.has(variable) ? `${variable} in ${path}` : variable),
  };
}

/**
 * The variables of a file's text: blank lines and those that begin with `#` or `;` aside, each is a name, `=` and a value, bare or in
 * quotes. A bare value holds no quote, no backslash and no `#`, about which readers disagree.
 *
 * @throws LakeError `invalid` (`ENV_FILE`).
 */
export function parseEnvFile(text: string, path: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    const refused = (message: string) =>
      new LakeError('invalid', message, { code: 'ENV_FILE', details: { path, line: index + 1 } });
    const [, name, written] = /^([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (name === undefined || written === undefined) {
      throw refused('a line of the environment file is not KEY=VALUE');
    }
    const value = valueOf(written.trim());
    if (value === undefined) throw refused('a value of the environment file needs single quotes around it');
    if (values.has(name)) throw refused('a variable stands twice in the environment file');
    values.set(name, value);
  });
  return values;
}

/** `undefined` for what readers would take for different things. */
function valueOf(written: string): string | undefined {
  const single = /^'([^']*)'$/.exec(written)?.[1];
  if (single !== undefined) return single;
  const double = /^"((?:[^"\\]|\\["\\])*)"$/.exec(written)?.[1];
  if (double !== undefined) return double.replace(/\\(.)/g, '$1');
  return /['"\\#]/.test(written) ? undefined : written;
}

async function requirePrivate(path: string, values: ReadonlyMap<string, string>, host: Host): Promise<void> {
  if (![...values].some(([name, value]) => value !== '' && isSecretName(name))) return;
  const mode = await host.fileMode(path);
  if ((mode & OTHERS_MODE) === 0) return;
  throw new LakeError('denied', 'the environment file holds secrets and is open to everybody; chmod o= it', {
    code: 'ENV_FILE',
    details: { path, mode: (mode & 0o777).toString(8) },
  });
}
