import { assert } from '@ticklake/core';
import type { z } from 'zod';

/** How the text of a flag or variable becomes a value. */
export type ValueShape = 'text' | 'number' | 'bigint' | 'boolean';

/** One key of a configuration, in every spelling it has. */
export interface ConfigKey {
  /** `openMax`: the key in the configuration file. */
  readonly key: string;
  /** `open-max`, without the dashes. */
  readonly flag: string;
  /** `TICKLAKE_OPEN_MAX` */
  readonly variable: string;
  /** Other spellings of the flag. */
  readonly aliases: readonly string[];
  readonly description: string;
  /** As a person would write it; `undefined` when there is none. */
  readonly defaultText: string | undefined;
  readonly required: boolean;
  readonly secret: boolean;
  readonly shape: ValueShape;
  /** Takes several values: repeated flags, or one text with commas. */
  readonly list: boolean;
  /** The texts it takes, where they can be counted. */
  readonly choices: readonly string[];
  /** Takes the path of a file or directory of this machine, perhaps beside other things. */
  readonly isPath: boolean;
}

/** Flags that every command has and no configuration may use. */
const RESERVED_FLAGS: readonly string[] = ['config', 'env-file', 'help', 'json', 'print-config', 'version'];

/**
 * The keys of a configuration in the order of its schema: what `--help` and the tables of a README are made from.
 *
 * @throws Error (a bug) when two keys share a spelling, or one uses a flag that every command has.
 */
export function describeConfig(schema: z.ZodObject): ConfigKey[] {
  const keys = Object.entries(schema.shape).map(([key, type]) => describeKey(key, type as z.ZodType));
  const seen = new Set(RESERVED_FLAGS);
  for (const { key, flag, aliases } of keys) {
    for (const spelling of [flag, ...aliases]) {
      assert(!seen.has(spelling), `the flag --${spelling} of ${key} is taken`);
      seen.add(spelling);
    }
  }
  return keys;
}

function describeKey(key: string, type: z.ZodType): ConfigKey {
  const layers = unwrap(type);
  const meta: Record<string, unknown> = {};
  for (const layer of layers.toReversed()) Object.assign(meta, layer.meta());
  const list = layers.find((layer) => layer.def.type === 'array');
  const leaf = list === undefined ? layers.at(-1) : unwrap(elementOf(list)).at(-1);
  const flag = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return {
    key,
    flag,
    variable: `TICKLAKE_${flag.replaceAll('-', '_').toUpperCase()}`,
    aliases: Array.isArray(meta['aliases']) ? meta['aliases'].map(String) : [],
    description: typeof meta['description'] === 'string' ? meta['description'] : '',
    defaultText: defaultText(layers),
    required: !type.safeParse(undefined).success,
    secret: meta['secret'] === true,
    shape: shapeOf(leaf),
    list: list !== undefined,
    choices: Object.values((leaf?.def as Definition | undefined)?.entries ?? {}).map(String),
    isPath: meta['path'] === true,
  };
}

/** The parts of zod's definitions that are looked at here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly defaultValue?: unknown;
}

function definitionOf(type: z.ZodType): Definition {
  return type.def as Definition;
}

/** `type` and what it wraps, outermost first: defaults, optionals, and of a transformation what goes into it. */
function unwrap(type: z.ZodType): z.ZodType[] {
  const layers = [type];
  for (let layer: z.ZodType | undefined = type; layer !== undefined; ) {
    const definition = definitionOf(layer);
    layer = definition.innerType ?? (definition.type === 'pipe' ? definition.in : undefined);
    if (layer !== undefined) layers.push(layer);
  }
  return layers;
}

function elementOf(list: z.ZodType): z.ZodType {
  const { element } = definitionOf(list);
  assert(element !== undefined, 'an array type has an element type');
  return element;
}

function shapeOf(leaf: z.ZodType | undefined): ValueShape {
  const type = leaf?.def.type;
  return type === 'number' || type === 'bigint' || type === 'boolean' ? type : 'text';
}

function defaultText(layers: readonly z.ZodType[]): string | undefined {
  const holder = layers.find((layer) => 'defaultValue' in layer.def);
  if (holder === undefined) return undefined;
  const value = definitionOf(holder).defaultValue;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(String).join(',');
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
