import { typeText, type Field, type NestedType, type Schema } from '@ticklake/columnar';
import { LakeError, type UtcDay } from '@ticklake/core';

/** The columns that a day has. */
export interface DaySchema {
  readonly day: UtcDay;
  readonly schema: Schema;
}

/** One place where days do not go together. */
interface Difference {
  readonly path: string;
  readonly types: readonly [string, string];
  /** Where the types are; the first is `tier 2` where only the declared columns have it. */
  readonly origins: readonly [string, string];
}

/**
 * The columns of `declared` as a file of all `days` has them (T2-20): fields of structs go by their names, in whatever order a day has
 * them; one that a day lacks is null there; one that is not declared follows those that are, in the order of days. Columns, and
 * nullability, are as declared.
 *
 * @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) when a column is missing or a type is not the same in all of them: `details.columns`
 *   names each path, its type in one day and its type in the other.
 */
export function unifySchemas(declared: Schema, days: readonly DaySchema[]): Schema {
  const differences: Difference[] = [];
  let { fields } = declared;
  for (const { day, schema } of days) {
    const site = { day, days, differences };
    fields = fields.map((field) => unifyField(field, fieldOf(schema.fields, field.name), site, field.name));
  }
  if (differences.length === 0) return { fields };
  throw new LakeError('corrupt', 'the days of the window have columns that do not go together', {
    code: 'SCHEMA_MISMATCH',
    details: {
      days: [...new Set(differences.map(({ origins }) => origins[1]))].join(),
      columns: differences.map(differenceText).join('; '),
    },
  });
}

function differenceText({ path, types, origins }: Difference): string {
  return `${path}: ${types[0]} in ${origins[0]}, ${types[1]} in ${origins[1]}`;
}

interface Site {
  readonly day: UtcDay;
  readonly days: readonly DaySchema[];
  readonly differences: Difference[];
}

/** `known` with the fields of structs that only `found` has. */
function unifyField(known: Field, found: Field | undefined, site: Site, path: string): Field {
  const [a, b] = [known.type, found?.type];
  if (found !== undefined && a.kind === 'nested' && b?.kind === 'nested' && a.shape === b.shape) {
    const children = a.shape === 'struct' ? unifyStruct(a, b, site, path) : unifyItems(a, b, site, path);
    return { ...known, type: { ...a, children } };
  }
  const types = [shortType(known), shortType(found)] as const;
  if (types[0] !== types[1]) {
    const same = site.days.find(({ schema }) => shortType(fieldAt(schema, path)) === types[0]);
    site.differences.push({ path, types, origins: [same?.day ?? 'tier 2', site.day] });
  }
  return known;
}

function unifyStruct(a: NestedType, b: NestedType, site: Site, path: string): readonly Field[] {
  const known = a.children.map((child) => {
    const found = fieldOf(b.children, child.name);
    return found === undefined ? child : unifyField(child, found, site, `${path}.${child.name}`);
  });
  const more = b.children.filter(({ name }) => fieldOf(a.children, name) === undefined);
  return [...known, ...more.map((field) => ({ ...field, nullable: true }))];
}

/** The element of a list; the key and the value of a map. */
function unifyItems(a: NestedType, b: NestedType, site: Site, path: string): readonly Field[] {
  return a.children.map((child, i) => unifyField(child, b.children[i], site, `${path}.${child.name}`));
}

function fieldOf(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => field.name === name);
}

function fieldAt({ fields }: Schema, path: string): Field | undefined {
  const names = path.split('.');
  let found: Field | undefined;
  for (const [depth, name] of names.entries()) {
    const among = depth === 0 ? fields : found?.type.kind === 'nested' ? found.type.children : [];
    found = fieldOf(among, name);
  }
  return found;
}

/** Of what is nested only its kind: its fields are compared one by one. */
function shortType(field: Field | undefined): string {
  if (field === undefined) return 'none';
  return field.type.kind === 'nested' ? field.type.shape : typeText(field.type);
}
