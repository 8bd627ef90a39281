import { LakeError } from '@ticklake/core';
import { z } from 'zod';
import type { App } from './command.js';
import { describeConfig, type ConfigKey } from './config-keys.js';
import type { Host } from './host.js';
import type { Invocation } from './parse-argv.js';

/** A configuration that passed its schema, and where each value came from. */
export interface ResolvedConfig {
  readonly config: Record<string, unknown>;
  readonly settings: readonly Setting[];
}

/** One value of a configuration. */
export interface Setting {
  readonly key: ConfigKey;
  /** As given, before the schema changed it; `undefined` when only the default speaks. */
  readonly given: unknown;
  readonly value: unknown;
  /** `--open-max`, `TICKLAKE_OPEN_MAX`, the file, or `default`. */
  readonly origin: string;
}

interface Given {
  readonly value: unknown;
  readonly origin: string;
}

/**
 * Flags over environment over file over defaults; `originOf` tells where a variable comes from.
 *
 * @throws LakeError `invalid` (`CONFIG`) naming the first value that is wrong and where it came from.
 */
export async function resolveConfig(
  app: App,
  invocation: Extract<Invocation, { type: 'run' }>,
  host: Host,
  originOf: (variable: string) => string = (variable) => variable,
): Promise<ResolvedConfig> {
  const keys = describeConfig(invocation.command.config);
  const file = await readFile(app, invocation, host);
  const given = new Map<string, Given>();
  for (const key of keys) {
    const value = fromFlags(key, invocation) ?? fromEnvironment(key, host, originOf) ?? file?.get(key.key);
    if (value !== undefined) given.set(key.key, value);
  }
  const input = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  const parsed = invocation.command.config.safeParse(input);
  if (!parsed.success) throw refusal(parsed.error, keys, given);
  const config: Record<string, unknown> = parsed.data;
  const settings = keys.map((key) => ({
    key,
    given: given.get(key.key)?.value,
    value: config[key.key],
    origin: given.get(key.key)?.origin ?? 'default',
  }));
  return { config, settings };
}

function fromFlags(key: ConfigKey, { given }: Extract<Invocation, { type: 'run' }>): Given | undefined {
  const flag = given.get(key.key);
  if (flag === undefined) return undefined;
  const { value: texts, origin, isVerbatim = false } = flag;
  if (typeof texts === 'boolean') return { value: texts, origin };
  const isWhole = key.list && isVerbatim;
  const value = isWhole ? texts.map((text) => textToValue(key, text)) : valueOf(key, texts);
  // Most often a variable that is not set; taken for an empty list it would mean everything.
  if (Array.isArray(value) && value.length === 0) throw invalid(`${origin} is given without a value`, {});
  return { value, origin };
}

/** An empty variable counts as not set: that is how a unit file clears one. */
function fromEnvironment(
  key: ConfigKey,
  { env }: Host,
  originOf: (variable: string) => string,
): Given | undefined {
  const text = env[key.variable];
  return text === undefined || text === ''
    ? undefined
    : { value: valueOf(key, [text]), origin: originOf(key.variable) };
}

function valueOf(key: ConfigKey, texts: readonly string[]): unknown {
  if (!key.list) return textToValue(key, texts[0] ?? '');
  const pieces = texts.flatMap(splitList).map((piece) => piece.trim());
  return pieces.filter((piece) => piece !== '').map((piece) => textToValue(key, piece));
}

/** What commas separate, those within braces aside: `{btc,eth}usdt` is one piece. */
function splitList(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  let depth = 0;
  for (const char of text) {
    if (char === ',' && depth === 0) {
      pieces.push(piece);
      piece = '';
      continue;
    }
    if (char === '{') depth++;
    else if (char === '}') depth = Math.max(0, depth - 1);
    piece += char;
  }
  return [...pieces, piece];
}

/** What does not look like the shape stays text, so that the schema refuses it. */
function textToValue({ shape }: ConfigKey, text: string): unknown {
  if (shape === 'number' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (shape === 'bigint' && /^[+-]?\d+$/.test(text)) return BigInt(text);
  if (shape === 'boolean' && /^(true|1|yes|on)$/i.test(text)) return true;
  if (shape === 'boolean' && /^(false|0|no|off)$/i.test(text)) return false;
  return text;
}

const fileSchema = z.record(z.string(), z.unknown());

async function readFile(
  app: App,
  { configPath }: Extract<Invocation, { type: 'run' }>,
  host: Host,
): Promise<Map<string, Given> | undefined> {
  const path = configPath ?? (host.env['TICKLAKE_CONFIG'] || undefined);
  if (path === undefined) return undefined;
  const values = parseFile(await host.readText(path), path);
  // One file may serve every command of the app, so only what none of them knows is a mistake.
  const known = new Set(Object.values(app.commands).flatMap(({ config }) => Object.keys(config.shape)));
  for (const key of Object.keys(values)) {
    if (!known.has(key)) throw invalid(`the configuration file has the unknown key "${key}"`, { path });
  }
  return new Map(Object.entries(values).map(([key, value]) => [key, { value, origin: path }]));
}

function parseFile(text: string, path: string): Record<string, unknown> {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw invalid('the configuration file is not a JSON object', { path }, error);
  }
}

/** The first complaint of the schema as one sentence that says which value, from where, and what is expected. */
function refusal(
  error: z.ZodError,
  keys: readonly ConfigKey[],
  given: ReadonlyMap<string, Given>,
): LakeError {
  const issue = error.issues[0];
  const key = keys.find((candidate) => candidate.key === issue?.path[0]);
  const reason = (issue?.message ?? 'not valid').replace(/^Invalid (input|option): /, '');
  const sentence = reason.charAt(0).toLowerCase() + reason.slice(1);
  if (key === undefined) return invalid(sentence, {}, error);
  const value = given.get(key.key);
  if (value === undefined) {
    return invalid(key.required ? `--${key.flag} is required` : `--${key.flag}: ${sentence}`, {}, error);
  }
  const shown = key.secret
    ? 'the value'
    : JSON.stringify(value.value, (_, part: unknown) => textOfBigint(part));
  const from = value.origin.startsWith('--') ? '' : ` from ${value.origin}`;
  const name = value.origin.startsWith('--') ? value.origin : `--${key.flag}`;
  return invalid(`${name} does not take ${shown}${from}: ${sentence}`, {}, error);
}

function textOfBigint(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function invalid(message: string, details: Record<string, unknown>, cause?: unknown): LakeError {
  return new LakeError('invalid', message, { code: 'CONFIG', details, cause });
}
