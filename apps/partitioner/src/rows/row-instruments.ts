import { decodeDictionary, type BytesValues, type Column, type Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { formatInstrumentId, instrumentOfSymbol, parseInstrumentId } from '@ticklake/market';
import type { SourceRows } from './row-source.js';

/** Numbers instruments in the order in which they are seen. */
export interface Instruments {
  /** The number of each row's instrument. */
  numbersOf(rows: SourceRows): Uint32Array;
  /** Canonical ids, by number. */
  readonly ids: readonly string[];
}

/** Where instruments come from. */
export interface InstrumentRule {
  /** Of every row, in any spelling. Rows that say another are refused. */
  readonly instrument: string | undefined;
  /** By exchange and symbol as rows have them, `deribit BTC-PERPETUAL`, before the rules of exchanges are asked. */
  readonly symbols: ReadonlyMap<string, string>;
}

/** The column in which rows say their instrument. */
export const INSTRUMENT_ID = 'instrument_id';

const NAMES = ['exchange', 'symbol'];

/**
 * Tells the instruments of rows: the one that is given, or that of their column `instrument_id`, or what `exchange` and `symbol` mean.
 *
 * @throws LakeError `invalid` (`INSTRUMENT`) where rows have neither, and none is given; (`INSTRUMENT_ID`) where the given one is none. From
 *   `numbersOf`, `corrupt`: (`INSTRUMENT_ID`) for a row whose id is none, (`OTHER_INSTRUMENT`) for one whose `instrument_id` is another than that
 *   which is given; and `invalid` (`SYMBOL`) for a symbol that no rule knows.
 */
export function rowInstruments(schema: Schema, rule: InstrumentRule): Instruments {
  const at = (name: string) =>
    schema.fields.findIndex((field) => field.name === name && field.type.kind === 'utf8');
  const own = at(INSTRUMENT_ID);
  if (rule.instrument !== undefined) {
    const given = new GivenInstrument(formatInstrumentId(parseInstrumentId(rule.instrument)));
    return {
      numbersOf: (rows) => given.number(rows, rows.columns[own] ?? rows.instrumentIds),
      ids: [given.id],
    };
  }
  const ids = new InstrumentNumbers();
  if (own >= 0) return { numbersOf: (rows) => ids.number(rows, [own], idOf), ids: ids.ids };
  const [exchange, symbol] = NAMES.map(at) as [number, number];
  if (exchange >= 0 && symbol >= 0) {
    const meaning: Meaning = (texts, place) => symbolMeaning(texts, rule.symbols, place);
    return { numbersOf: (rows) => ids.number(rows, [exchange, symbol], meaning), ids: ids.ids };
  }
  throw new LakeError('invalid', 'rows do not say their instrument, and none is named', {
    code: 'INSTRUMENT',
  });
}

type Meaning = (texts: readonly string[], place: Readonly<Record<string, unknown>>) => string;

class InstrumentNumbers {
  readonly ids: string[] = [];
  private readonly byTexts = new Map<string, number>();
  private readonly byId = new Map<string, number>();

  /** Rows of one instrument mostly follow each other: texts are made only where bytes change. */
  number(rows: SourceRows, places: readonly number[], meaning: Meaning): Uint32Array {
    const cells = places.map((place) => cellsOf(rows.columns[place] as Column));
    const numbers = new Uint32Array(rows.rowCount);
    let last = 0;
    for (let row = 0; row < numbers.length; row++) {
      if (row === 0 || cells.some((one) => !isSameAsAbove(one, row))) {
        const texts = cells.map((one) => textAt(one, row));
        last = this.numberOf(texts, () => rows.placeOf(row), meaning);
      }
      numbers[row] = last;
    }
    return numbers;
  }

  private numberOf(
    texts: readonly (string | undefined)[],
    placeOf: () => Readonly<Record<string, unknown>>,
    meaning: Meaning,
  ): number {
    const key = texts.join('\0');
    const known = this.byTexts.get(key);
    if (known !== undefined) return known;
    const present = texts.filter((text) => text !== undefined);
    if (present.length < texts.length) {
      throw new LakeError('corrupt', 'a row does not say its instrument', {
        code: 'NULL_VALUE',
        details: placeOf(),
      });
    }
    const id = meaning(present, placeOf());
    const number = this.byId.get(id) ?? this.ids.push(id) - 1;
    this.byId.set(id, number);
    this.byTexts.set(key, number);
    return number;
  }
}

/** The instrument of every row, as somebody says; rows may say it too. */
class GivenInstrument {
  /** Texts that mean it. */
  private readonly same = new Set<string>();

  constructor(readonly id: string) {}

  /** Nothing is published under another name than it says of itself. */
  number(rows: SourceRows, said: Column | undefined): Uint32Array {
    const cells = said && cellsOf(said);
    for (let row = 0; cells !== undefined && row < rows.rowCount; row++) {
      const text = row > 0 && isSameAsAbove(cells, row) ? undefined : textAt(cells, row);
      if (text !== undefined) this.require(text, () => rows.placeOf(row));
    }
    return new Uint32Array(rows.rowCount);
  }

  private require(text: string, placeOf: () => Readonly<Record<string, unknown>>): void {
    if (this.same.has(text)) return;
    const found = idOf([text], placeOf());
    if (found !== this.id) {
      throw new LakeError('corrupt', 'a row says another instrument than the one that is named', {
        code: 'OTHER_INSTRUMENT',
        details: { ...placeOf(), found, expected: this.id },
      });
    }
    this.same.add(text);
  }
}

interface Cells {
  readonly values: BytesValues;
  readonly validity: Uint8Array | undefined;
}

function cellsOf(column: Column): Cells {
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  if (plain.layout === 'bytes') return { values: plain.values, validity: plain.validity };
  throw new LakeError('corrupt', 'names of instruments are not text', { code: 'SCHEMA_MISMATCH' });
}

function isSameAsAbove({ values: { offsets, data }, validity }: Cells, row: number): boolean {
  const [above, start, end] = [offsets[row - 1], offsets[row], offsets[row + 1]] as [number, number, number];
  if (validity !== undefined && validity[row] !== validity[row - 1]) return false;
  if (start - above !== end - start) return false;
  for (let i = 0; i < end - start; i++) if (data[above + i] !== data[start + i]) return false;
  return true;
}

function textAt({ values: { offsets, data }, validity }: Cells, row: number): string | undefined {
  if (validity?.[row] === 0) return undefined;
  return Buffer.from(data.subarray(offsets[row], offsets[row + 1])).toString('utf8');
}

function idOf([text = '']: readonly string[], place: Readonly<Record<string, unknown>>): string {
  try {
    return formatInstrumentId(parseInstrumentId(text));
  } catch (cause) {
    if (!(cause instanceof LakeError)) throw cause;
    const { code, message, details } = cause;
    throw new LakeError('corrupt', message, { code, details: { ...details, ...place }, cause });
  }
}

function symbolMeaning(
  [exchange = '', symbol = '']: readonly string[],
  symbols: ReadonlyMap<string, string>,
  place: Readonly<Record<string, unknown>>,
): string {
  const named = symbols.get(`${exchange} ${symbol}`);
  if (named !== undefined) return formatInstrumentId(parseInstrumentId(named));
  const found = instrumentOfSymbol(exchange, symbol);
  if (found !== undefined) return formatInstrumentId(found);
  throw new LakeError('invalid', 'no rule tells which instrument a symbol is', {
    code: 'SYMBOL',
    details: { ...place, exchange, symbol },
  });
}
