import type { DataType, Field, NestedType } from '../schema.js';

/** A type that is stored as one column of values. */
export type FlatType = Exclude<DataType, NestedType>;

/**
 * How the levels of a nested column's leaves tell its values (Dremel's record shredding, as Parquet has it). Leaves count
 * from the column's first, depth first. A definition level says how many of the optional and repeated things above a
 * place are there; a repetition level, which of the lists above it goes on.
 */
export type NestedShape = LeafShape | StructShape | ListShape;

/** Values of a flat type. */
export interface LeafShape {
  readonly shape: 'leaf';
  readonly leaf: number;
  readonly type: DataType;
  /** Of a value that is present. */
  readonly definition: number;
}

/** Fields side by side. */
export interface StructShape {
  readonly shape: 'struct';
  /** First and last+1 leaf under this node. */
  readonly leaves: readonly [number, number];
  readonly children: readonly NestedShape[];
  /** Level at which the struct is present; its parent's when it is required. */
  readonly definition: number;
  readonly optional: boolean;
}

/** A list, or a map, whose element is a struct of key and value. */
export interface ListShape {
  readonly shape: 'list' | 'map';
  readonly leaves: readonly [number, number];
  readonly element: NestedShape;
  readonly definition: number;
  readonly optional: boolean;
  /** Levels of its elements. */
  readonly elementDefinition: number;
  readonly elementRepetition: number;
}

/** The shape of a column in the three-level form that Parquet's specification asks for, which its type alone decides. */
export function shapeOf(field: Field): NestedShape {
  return shapeAt(field, { leaf: 0, definition: 0, repetition: 0 });
}

/** The leaves of `shape`, in order. */
export function leavesOf(shape: NestedShape): readonly LeafShape[] {
  if (shape.shape === 'leaf') return [shape];
  return shape.shape === 'struct' ? shape.children.flatMap(leavesOf) : leavesOf(shape.element);
}

interface Place {
  /** The next leaf. */
  readonly leaf: number;
  readonly definition: number;
  readonly repetition: number;
}

function shapeAt({ type, nullable }: Field, place: Place): NestedShape {
  const definition = place.definition + (nullable ? 1 : 0);
  if (type.kind !== 'nested') return { shape: 'leaf', leaf: place.leaf, type, definition };
  if (type.shape === 'struct') return structAt(type, { ...place, definition }, nullable);
  const inside = { leaf: place.leaf, definition: definition + 1, repetition: place.repetition + 1 };
  const [first] = type.children;
  const element =
    type.shape === 'list' && first !== undefined ? shapeAt(first, inside) : structAt(type, inside, false);
  return {
    shape: type.shape,
    leaves: [place.leaf, endOf(element)],
    element,
    definition,
    optional: nullable,
    elementDefinition: inside.definition,
    elementRepetition: inside.repetition,
  };
}

function structAt({ children }: NestedType, place: Place, optional: boolean): StructShape {
  let { leaf } = place;
  const shapes = children.map((child) => {
    const shape = shapeAt(child, { ...place, leaf });
    leaf = endOf(shape);
    return shape;
  });
  return {
    shape: 'struct',
    leaves: [place.leaf, leaf],
    children: shapes,
    definition: place.definition,
    optional,
  };
}

function endOf(shape: NestedShape): number {
  return shape.shape === 'leaf' ? shape.leaf + 1 : shape.leaves[1];
}
