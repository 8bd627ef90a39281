import type { Field, LeafShape, ListShape, NestedShape, NestedType, StructShape } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { CHAR, type JsonCursor } from './json-cursor.js';
import { LeafSlots } from './leaf-slots.js';
import { passEmpty, pathText, type Path, type UnknownKeys } from './unknown-keys.js';

/** Reads what stands at one place of an entry into the leaves below it. */
export interface JsonNode {
  /** Reads the value that is next. @throws LakeError `corrupt`. */
  read(cursor: JsonCursor, repetition: number): void;
  /** Nothing stands here: one slot in every leaf below, at the level of what is there above. */
  putAbsent(repetition: number, definition: number): void;
}

/** What the nodes of a column have in common. */
export interface JsonSite {
  /** Of the column, in order; nodes put theirs at its place. */
  readonly leaves: LeafSlots[];
  readonly unknown: UnknownKeys;
  /** Of the lists that are open, the outermost first. */
  readonly indexes: Uint32Array;
}

/** What is to be read at a place. */
export interface JsonPlace {
  readonly field: Field;
  readonly shape: NestedShape;
  readonly path: Path;
  /** How many lists are above. */
  readonly lists: number;
}

/** The node for a place. @throws LakeError `invalid` for a type that JSON is not read as. */
export function createNode(site: JsonSite, place: JsonPlace): JsonNode {
  const { field, shape } = place;
  if (shape.shape === 'leaf') return new LeafNode(site, place, shape);
  const type = field.type as NestedType;
  if (shape.shape === 'struct') return new StructNode(site, place, { type, shape });
  return shape.shape === 'list'
    ? new ListNode(site, place, { type, shape })
    : new MapNode(site, place, { type, shape });
}

/** What every node does about null, and about what is of another type. */
class Place {
  readonly nullable: boolean;

  constructor(
    readonly path: Path,
    private readonly definition: number,
    { nullable }: Field,
  ) {
    this.nullable = nullable;
  }

  /** Passes a null. */
  putNull(cursor: JsonCursor, repetition: number, node: JsonNode): void {
    if (!this.nullable) throw this.mismatch(cursor, 'a required value is null');
    cursor.word('null');
    node.putAbsent(repetition, this.definition - 1);
  }

  mismatch(cursor: JsonCursor, message: string, details: Readonly<Record<string, unknown>> = {}): Error {
    return cursor.failure('SCHEMA_MISMATCH', message, { path: pathText(this.path), ...details });
  }

  /** What is wrong with the value here. */
  located(error: unknown): unknown {
    if (!isLakeError(error, 'corrupt')) return error;
    const { code, message, details } = error;
    return new LakeError('corrupt', message, { code, details: { path: pathText(this.path), ...details } });
  }

  /** What is next is not what the schema says; what is no JSON at all is told as that. */
  otherType(cursor: JsonCursor, expected: string): unknown {
    const start = cursor.at;
    const first = cursor.peek();
    try {
      cursor.skip(this.path.length);
    } catch (error) {
      return this.located(error);
    }
    cursor.at = start;
    return this.mismatch(cursor, 'a value has another type than the schema says', {
      expected,
      found: kindOf(first),
    });
  }
}

function kindOf(first: number): string {
  if (first === CHAR.QUOTE) return 'another string';
  if (first === CHAR.OPEN) return 'an object';
  if (first === CHAR.OPEN_LIST) return 'a list';
  if (first === CHAR.LOWER_N) return 'null';
  return first === CHAR.LOWER_T || first === CHAR.LOWER_F ? 'true or false' : 'a number';
}

class LeafNode implements JsonNode {
  private readonly place: Place;
  private readonly slots: LeafSlots;

  constructor(site: JsonSite, { field, path, lists }: JsonPlace, { leaf, definition }: LeafShape) {
    this.place = new Place(path, definition, field);
    this.slots = new LeafSlots(field.type, definition, lists > 0);
    site.leaves[leaf] = this.slots;
  }

  read(cursor: JsonCursor, repetition: number): void {
    const first = cursor.peek();
    if (first === CHAR.LOWER_N) return this.place.putNull(cursor, repetition, this);
    const { values } = this.slots;
    let isOfType: boolean;
    try {
      isOfType = values.read(cursor, first);
    } catch (error) {
      throw this.place.located(error);
    }
    if (!isOfType) throw this.place.otherType(cursor, values.expected);
    this.slots.putPresent(repetition);
  }

  putAbsent(repetition: number, definition: number): void {
    this.slots.putAbsent(repetition, definition);
  }
}

/** A struct's child, as it is found in JSON. */
interface Member {
  readonly name: string;
  readonly key: Uint8Array;
  readonly node: JsonNode;
  readonly nullable: boolean;
  /** The number of the object in which it was met last. */
  metIn: number;
  /** The member that came after it last time. */
  next: Member | undefined;
}

class StructNode implements JsonNode {
  private readonly place: Place;
  private readonly definition: number;
  private readonly members: readonly Member[];
  private readonly byName: ReadonlyMap<string, Member>;
  private first: Member | undefined;
  private objectNumber = 0;

  constructor(
    private readonly site: JsonSite,
    { field, path, lists }: JsonPlace,
    { type, shape }: { readonly type: NestedType; readonly shape: StructShape },
  ) {
    this.place = new Place(path, shape.definition, field);
    this.definition = shape.definition;
    this.members = type.children.map((child, i) => ({
      name: child.name,
      key: new TextEncoder().encode(child.name),
      nullable: child.nullable,
      node: createNode(site, {
        field: child,
        shape: shape.children[i] as NestedShape,
        path: [...path, child.name],
        lists,
      }),
      metIn: 0,
      next: undefined,
    }));
    this.byName = new Map(this.members.map((member) => [member.name, member]));
  }

  read(cursor: JsonCursor, repetition: number): void {
    const start = cursor.at;
    const { place } = this;
    const opening = cursor.peek();
    if (opening === CHAR.LOWER_N) return place.putNull(cursor, repetition, this);
    if (opening !== CHAR.OPEN) throw place.otherType(cursor, 'an object');
    if (place.nullable && passEmpty(cursor)) return this.putAbsent(repetition, this.definition - 1);
    cursor.at = start;
    this.readMembers(cursor, repetition);
  }

  putAbsent(repetition: number, definition: number): void {
    for (const { node } of this.members) node.putAbsent(repetition, definition);
  }

  /** From the opening brace to the closing one. */
  private readMembers(cursor: JsonCursor, repetition: number): void {
    cursor.expect(CHAR.OPEN);
    const number = ++this.objectNumber;
    let unknown: Set<string> | undefined;
    let last: Member | undefined;
    let metCount = 0;
    if (cursor.peek() === CHAR.CLOSE) cursor.at++;
    else {
      do {
        const member = this.member(cursor, last);
        if (member === undefined) {
          this.keepUnknown(cursor, (unknown ??= new Set()));
          continue;
        }
        if (member.metIn === number) throw this.duplicate(cursor, member.name);
        member.metIn = number;
        metCount++;
        if (last === undefined) this.first = member;
        else last.next = member;
        last = member;
        cursor.expect(CHAR.COLON);
        member.node.read(cursor, repetition);
      } while (cursor.goesOn(CHAR.CLOSE));
    }
    if (metCount < this.members.length) this.putMissing(cursor, repetition);
  }

  /** The member whose key is next: mostly the one that came next before. `undefined` for a key that nobody declared, which was read. */
  private member(cursor: JsonCursor, last: Member | undefined): Member | undefined {
    const guess = last === undefined ? this.first : last.next;
    if (cursor.peek() === CHAR.QUOTE && guess !== undefined && cursor.passKey(guess.key)) return guess;
    cursor.string();
    return this.byName.get(cursor.text());
  }

  private keepUnknown(cursor: JsonCursor, seen: Set<string>): void {
    const key = cursor.text();
    if (seen.has(key)) throw this.duplicate(cursor, key);
    seen.add(key);
    cursor.expect(CHAR.COLON);
    const { unknown, indexes } = this.site;
    unknown.keep(cursor, { path: this.place.path, key, indexes });
  }

  private putMissing(cursor: JsonCursor, repetition: number): void {
    for (const { node, nullable, name, metIn } of this.members) {
      if (metIn === this.objectNumber) continue;
      if (!nullable) throw this.place.mismatch(cursor, 'a required key is missing', { key: name });
      node.putAbsent(repetition, this.definition);
    }
  }

  private duplicate(cursor: JsonCursor, key: string): Error {
    return cursor.failure('DUPLICATE_KEY', 'a key is there twice', { path: pathText(this.place.path), key });
  }
}

class ListNode implements JsonNode {
  private readonly place: Place;
  private readonly element: JsonNode;
  private readonly lists: number;

  constructor(
    private readonly site: JsonSite,
    { field, path, lists }: JsonPlace,
    private readonly list: { readonly type: NestedType; readonly shape: ListShape },
  ) {
    this.place = new Place(path, list.shape.definition, field);
    this.lists = lists;
    this.element = createNode(site, {
      field: list.type.children[0] as Field,
      shape: list.shape.element,
      path: [...path, lists],
      lists: lists + 1,
    });
  }

  read(cursor: JsonCursor, repetition: number): void {
    const first = cursor.peek();
    if (first === CHAR.LOWER_N) return this.place.putNull(cursor, repetition, this);
    if (first !== CHAR.OPEN_LIST) throw this.place.otherType(cursor, 'a list');
    cursor.at++;
    const { definition, elementRepetition } = this.list.shape;
    if (cursor.peek() === CHAR.CLOSE_LIST) {
      cursor.at++;
      return this.putAbsent(repetition, definition);
    }
    const { indexes } = this.site;
    let index = 0;
    do {
      indexes[this.lists] = index;
      this.element.read(cursor, index === 0 ? repetition : elementRepetition);
      index++;
    } while (cursor.goesOn(CHAR.CLOSE_LIST));
  }

  putAbsent(repetition: number, definition: number): void {
    this.element.putAbsent(repetition, definition);
  }
}

/** An object whose keys are data. */
class MapNode implements JsonNode {
  private readonly place: Place;
  private readonly key: LeafSlots;
  private readonly value: JsonNode;
  private readonly shape: ListShape;

  constructor(
    site: JsonSite,
    { field, path, lists }: JsonPlace,
    { type, shape }: { readonly type: NestedType; readonly shape: ListShape },
  ) {
    const [key, value] = type.children;
    const { children } = shape.element as StructShape;
    const [keyShape, valueShape] = children as readonly [NestedShape, NestedShape];
    if (keyShape.shape !== 'leaf' || key?.type.kind !== 'utf8' || valueShape.shape !== 'leaf') {
      throw new LakeError('invalid', 'a map of JSON has text for keys and flat values', {
        details: { path: pathText(path) },
      });
    }
    this.place = new Place(path, shape.definition, field);
    this.shape = shape;
    this.key = new LeafSlots(key.type, keyShape.definition, true);
    site.leaves[keyShape.leaf] = this.key;
    this.value = createNode(site, {
      field: value as Field,
      shape: valueShape,
      path: [...path, '*'],
      lists: lists + 1,
    });
  }

  read(cursor: JsonCursor, repetition: number): void {
    const { place, shape } = this;
    const start = cursor.at;
    const first = cursor.peek();
    if (first === CHAR.LOWER_N) return place.putNull(cursor, repetition, this);
    if (first !== CHAR.OPEN) throw place.otherType(cursor, 'an object');
    if (passEmpty(cursor)) return this.putAbsent(repetition, shape.definition - (place.nullable ? 1 : 0));
    cursor.at = start;
    cursor.expect(CHAR.OPEN);
    const keys = new Set<string>();
    do {
      const level = keys.size === 0 ? repetition : shape.elementRepetition;
      const byte = cursor.peek();
      if (!this.key.values.read(cursor, byte)) throw cursor.unexpected();
      this.key.putPresent(level);
      const key = cursor.text();
      if (keys.has(key)) {
        throw cursor.failure('DUPLICATE_KEY', 'a key is there twice', { path: pathText(place.path), key });
      }
      keys.add(key);
      cursor.expect(CHAR.COLON);
      this.value.read(cursor, level);
    } while (cursor.goesOn(CHAR.CLOSE));
  }

  putAbsent(repetition: number, definition: number): void {
    this.key.putAbsent(repetition, definition);
    this.value.putAbsent(repetition, definition);
  }
}
