import type { DataType, Field, NestedShape, NestedType, Schema } from '@ticklake/columnar';
import { REPETITION } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { SchemaElement } from '../format/metadata.js';
import { leafType } from './leaf-type.js';

/** A leaf of the schema: what one column chunk of every row group holds. */
export interface Leaf {
  readonly path: readonly string[];
  readonly physical: number;
  readonly typeLength: number;
  readonly type: DataType;
  /** Definition level of a value that is present. */
  readonly definitionMax: number;
  readonly repetitionMax: number;
}

/** A top-level column: its leaves, and for a nested one how they fit together, counted from its first leaf. */
export interface FileColumn {
  readonly field: Field;
  readonly leafStart: number;
  readonly leafEnd: number;
  /** Absent for flat columns. */
  readonly shape: NestedShape | undefined;
}

/** The schema of a file in the three forms the reader needs. */
export interface FileSchema {
  readonly schema: Schema;
  readonly leaves: readonly Leaf[];
  readonly columns: readonly FileColumn[];
}

/** Deeper schemas are attacks, not data. */
const DEPTH_MAX = 32;

/** The tree of the list that was asked for last: files of one writer share their list. */
let built:
  | { readonly elements: readonly SchemaElement[]; readonly columnsMax: number; readonly tree: FileSchema }
  | undefined;

/** The flat list of elements as a tree, checked (G3). @throws LakeError `corrupt` (`METADATA`, `LIMIT`). */
export function buildSchema(
  elements: readonly SchemaElement[],
  { columnsMax }: { columnsMax: number },
): FileSchema {
  if (built?.elements === elements && built.columnsMax === columnsMax) return built.tree;
  const tree = buildTree(elements, columnsMax);
  built = { elements, columnsMax, tree };
  return tree;
}

function buildTree(elements: readonly SchemaElement[], columnsMax: number): FileSchema {
  const root = elements[0];
  if (root === undefined || root.physical !== undefined) {
    throw corrupt('METADATA', 'the schema has no root');
  }
  const walk: Walk = { elements, next: 1, leaves: [], columnLeaves: 0, columnsMax };
  const columns: FileColumn[] = [];
  const names = new Set<string>();
  for (let i = 0; i < root.childCount; i++) {
    const leafStart = walk.leaves.length;
    walk.columnLeaves = 0;
    const node = buildNode(walk, { path: [], definition: 0, repetition: 0 });
    checkName(names, node.field.name);
    const shape = node.field.type.kind === 'nested' ? node.shape : undefined;
    columns.push({ field: node.field, leafStart, leafEnd: walk.leaves.length, shape });
  }
  if (walk.next !== elements.length) throw corrupt('METADATA', 'the schema has elements outside its root');
  return { schema: { fields: columns.map(({ field }) => field) }, leaves: walk.leaves, columns };
}

interface Walk {
  readonly elements: readonly SchemaElement[];
  next: number;
  readonly leaves: Leaf[];
  /** Of the column so far. */
  columnLeaves: number;
  readonly columnsMax: number;
}

interface Place {
  readonly path: readonly string[];
  readonly definition: number;
  readonly repetition: number;
}

interface Node {
  readonly field: Field;
  readonly shape: NestedShape;
}

/** A node with what its repetition adds; a repeated one outside a LIST or MAP is a list of required elements. */
function buildNode(walk: Walk, place: Place): Node {
  const element = takeElement(walk);
  if (place.path.length >= DEPTH_MAX)
    throw corrupt('LIMIT', 'the schema is nested too deep', { depthMax: DEPTH_MAX });
  const path = [...place.path, element.name];
  if (element.repetition !== REPETITION.REPEATED) {
    const optional = element.repetition === REPETITION.OPTIONAL;
    const definition = place.definition + (optional ? 1 : 0);
    return buildContent(walk, element, { path, definition, repetition: place.repetition, optional });
  }
  const inner = { path, definition: place.definition + 1, repetition: place.repetition + 1, optional: false };
  const leafStart = walk.columnLeaves;
  const node = buildContent(walk, element, inner);
  return listNode(element.name, node, {
    leaves: [leafStart, walk.columnLeaves],
    definition: place.definition,
    optional: false,
    elementDefinition: inner.definition,
    elementRepetition: inner.repetition,
  });
}

interface Content extends Place {
  readonly optional: boolean;
}

/** An element without its own repetition: a leaf, a struct, or an annotated list or map. */
function buildContent(walk: Walk, element: SchemaElement, place: Content): Node {
  if (element.physical !== undefined && element.childCount === 0) return leafNode(walk, element, place);
  if (element.physical !== undefined || element.childCount < 1) {
    throw corrupt('METADATA', 'a schema element is neither a leaf nor a group', {
      column: place.path.join('.'),
    });
  }
  const kind = element.annotation?.kind;
  const child = walk.elements[walk.next];
  const wraps = element.childCount === 1 && child?.repetition === REPETITION.REPEATED;
  if (wraps && kind === 'list') return annotatedList(walk, element, place);
  if (wraps && kind === 'map' && child.childCount === 2) return annotatedMap(walk, element, place);
  return structNode(walk, element, place);
}

function leafNode(
  walk: Walk,
  element: SchemaElement,
  { path, definition, repetition, optional }: Content,
): Node {
  if (walk.leaves.length >= walk.columnsMax)
    throw corrupt('LIMIT', 'too many columns', { columnsMax: walk.columnsMax });
  const type = leafType(element);
  walk.leaves.push({
    path,
    physical: element.physical as number,
    typeLength: element.typeLength ?? 0,
    type,
    definitionMax: definition,
    repetitionMax: repetition,
  });
  return {
    field: { name: element.name, type, nullable: optional },
    shape: { shape: 'leaf', leaf: walk.columnLeaves++, type, definition },
  };
}

function structNode(walk: Walk, element: SchemaElement, place: Content): Node {
  const leafStart = walk.columnLeaves;
  const names = new Set<string>();
  const fields: Field[] = [];
  const children: NestedShape[] = [];
  for (let i = 0; i < element.childCount; i++) {
    const node = buildNode(walk, place);
    checkName(names, node.field.name);
    fields.push(node.field);
    children.push(node.shape);
  }
  const type: NestedType = { kind: 'nested', shape: 'struct', children: fields };
  return {
    field: { name: element.name, type, nullable: place.optional },
    shape: {
      shape: 'struct',
      leaves: [leafStart, walk.columnLeaves],
      children,
      definition: place.definition,
      optional: place.optional,
    },
  };
}

interface ListLevels {
  readonly leaves: readonly [number, number];
  readonly definition: number;
  readonly optional: boolean;
  readonly elementDefinition: number;
  readonly elementRepetition: number;
}

function listNode(name: string, element: Node, levels: ListLevels): Node {
  const type: NestedType = { kind: 'nested', shape: 'list', children: [element.field] };
  return {
    field: { name, type, nullable: levels.optional },
    shape: { shape: 'list', element: element.shape, ...levels },
  };
}

/** Three levels as the standard asks for, or one of the two-level forms of old writers. */
function annotatedList(walk: Walk, element: SchemaElement, place: Content): Node {
  const leafStart = walk.columnLeaves;
  const repeated = takeElement(walk);
  const inner: Content = {
    path: [...place.path, repeated.name],
    definition: place.definition + 1,
    repetition: place.repetition + 1,
    optional: false,
  };
  const direct = repeated.childCount !== 1 || isOldElement(walk, element, repeated);
  const node = direct ? buildContent(walk, repeated, inner) : buildNode(walk, inner);
  return listNode(element.name, node, {
    leaves: [leafStart, walk.columnLeaves],
    definition: place.definition,
    optional: place.optional,
    elementDefinition: inner.definition,
    elementRepetition: inner.repetition,
  });
}

/** Whether the repeated group of one field is the element itself, by the names old writers gave it. */
function isOldElement(walk: Walk, list: SchemaElement, repeated: SchemaElement): boolean {
  if (repeated.name === 'array' || repeated.name === `${list.name}_tuple`) return true;
  return walk.elements[walk.next]?.repetition === REPETITION.REPEATED;
}

function annotatedMap(walk: Walk, element: SchemaElement, place: Content): Node {
  const leafStart = walk.columnLeaves;
  const repeated = takeElement(walk);
  const inner: Content = {
    path: [...place.path, repeated.name],
    definition: place.definition + 1,
    repetition: place.repetition + 1,
    optional: false,
  };
  const entry = structNode(walk, repeated, inner);
  const children = entry.field.type.kind === 'nested' ? entry.field.type.children : [];
  return {
    field: { name: element.name, type: { kind: 'nested', shape: 'map', children }, nullable: place.optional },
    shape: {
      shape: 'map',
      leaves: [leafStart, walk.columnLeaves],
      element: entry.shape,
      definition: place.definition,
      optional: place.optional,
      elementDefinition: inner.definition,
      elementRepetition: inner.repetition,
    },
  };
}

function takeElement(walk: Walk): SchemaElement {
  const element = walk.elements[walk.next++];
  if (element === undefined) throw corrupt('METADATA', 'a schema group has fewer children than it says');
  return element;
}

function checkName(seen: Set<string>, name: string): void {
  if (name === '' || name === '__proto__' || seen.has(name)) {
    throw corrupt('METADATA', 'a column name is empty, reserved or used twice', { name });
  }
  seen.add(name);
}
