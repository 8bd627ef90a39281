import type { Random } from '../../spool/random.js';
import { readLayout, writeLayout } from '../format/file-layout.js';
import { encodeThriftTree, parseThrift, type ThriftStruct, type ThriftValue } from '../format/thrift-tree.js';
import { pick, type Damage, type Mutation } from './mutation.js';

/** Headers and footers that are well-formed and say something else. */
export const LIE_MUTATIONS: readonly Mutation[] = [
  { name: 'lie in page header', weight: 12, fitsFooter: true, apply: lieInPageHeader },
  { name: 'lie in footer', weight: 12, apply: lieInFooter },
];

/** Everything around the lie is made to fit a header of another length. */
function lieInPageHeader({ target, random }: Damage): Uint8Array {
  const layout = readLayout(target.bytes);
  const { header } = pick(
    random,
    layout.chunks.flatMap(({ pages }) => pages),
  );
  lie(header, random);
  return writeLayout(
    layout,
    layout.chunks.map(({ pages }) => pages),
  );
}

function lieInFooter({ target, random }: Damage): Uint8Array {
  const { bytes, layout } = target;
  const { tree } = parseThrift(bytes, layout.footerStart);
  lie(tree, random);
  const footer = encodeThriftTree(tree);
  const shell = Buffer.alloc(8, 'PAR1PAR1');
  shell.writeUInt32LE(footer.length);
  return new Uint8Array(Buffer.concat([bytes.subarray(0, layout.footerStart), footer, shell]));
}

function lie(tree: ThriftStruct, random: Random): void {
  const lies = [
    lieInInt,
    lieInInt,
    lieInInt,
    lieInInt,
    lieInSmallInt,
    lieInSmallInt,
    loseField,
    lieInBool,
    lieInBytes,
    lieInList,
  ];
  // Not every tree has something of every kind.
  for (let tries = 0; tries < 8; tries++) if (pick(random, lies)(tree, random)) return;
}

const FAR = [
  0n,
  1n,
  -1n,
  127n,
  128n,
  2n ** 31n - 1n,
  -(2n ** 31n),
  2n ** 32n,
  2n ** 53n,
  2n ** 62n,
  -(2n ** 62n),
];

function lieInInt(tree: ThriftStruct, random: Random): boolean {
  const ints = valuesOf(tree).filter((value) => value.type === 'int');
  if (ints.length === 0) return false;
  const int = pick(random, ints);
  const { value } = int;
  const near = [value + 1n, value - 1n, value * 2n, value / 2n, -value, value + 8n, value ^ 256n];
  const said = random.below(2) === 0 ? pick(random, near) : pick(random, FAR);
  int.value = int.code === 3 ? BigInt.asIntN(8, said) : said;
  return true;
}

/** Another small number: another type, encoding, codec or kind of page. */
function lieInSmallInt(tree: ThriftStruct, random: Random): boolean {
  const ints = valuesOf(tree).filter(
    (value) => value.type === 'int' && value.value >= 0n && value.value < 12n,
  );
  if (ints.length === 0) return false;
  const int = pick(random, ints);
  if (int.type === 'int') int.value = BigInt(random.below(12));
  return true;
}

function loseField(tree: ThriftStruct, random: Random): boolean {
  const structs = valuesOf(tree).filter((value) => value.type === 'struct' && value.fields.length > 0);
  if (structs.length === 0) return false;
  const struct = pick(random, structs);
  if (struct.type === 'struct') struct.fields.splice(random.below(struct.fields.length), 1);
  return true;
}

function lieInBool(tree: ThriftStruct, random: Random): boolean {
  const bools = valuesOf(tree).filter((value) => value.type === 'bool');
  if (bools.length === 0) return false;
  const bool = pick(random, bools);
  bool.value = !bool.value;
  return true;
}

/** Names and bounds: longer, shorter or with another byte. */
function lieInBytes(tree: ThriftStruct, random: Random): boolean {
  const texts = valuesOf(tree).filter((value) => value.type === 'bytes' && value.code === 8);
  if (texts.length === 0) return false;
  const text = pick(random, texts);
  if (text.type !== 'bytes') return false;
  const { value } = text;
  const how = random.below(3);
  if (how === 0) text.value = value.slice(0, random.below(value.length + 1));
  else if (how === 1) text.value = new Uint8Array(Buffer.concat([value, Buffer.of(random.below(256))]));
  else text.value = value.map((byte) => (random.below(4) === 0 ? byte ^ (1 << random.below(8)) : byte));
  return true;
}

/** One entry more, one fewer, or two that change places: row groups, columns, schema elements. */
function lieInList(tree: ThriftStruct, random: Random): boolean {
  const lists = valuesOf(tree).filter((value) => value.type === 'list' && value.items.length > 0);
  if (lists.length === 0) return false;
  const list = pick(random, lists);
  if (list.type !== 'list') return false;
  const { items } = list;
  const how = random.below(3);
  if (how === 0) items.splice(random.below(items.length), 1);
  else if (how === 1) items.splice(random.below(items.length), 0, pick(random, items));
  else items.push(...items.splice(random.below(items.length), 1));
  return true;
}

/** Every value in the tree, itself included. */
function valuesOf(value: ThriftValue): ThriftValue[] {
  if (value.type === 'struct') return [value, ...value.fields.flatMap((field) => valuesOf(field.value))];
  if (value.type === 'list') return [value, ...value.items.flatMap(valuesOf)];
  return [value];
}
