import { dictionaryLength, textColumn, valueAt } from '@ticklake/columnar';
import fc from 'fast-check';
import { createTrimDictionary, isCodedBytes, type CodedBytes } from './trim-dictionary.js';

const codedText = (entries: readonly string[], codes: readonly number[], nulls?: readonly boolean[]) => ({
  layout: 'dictionary' as const,
  codes: Uint32Array.from(codes),
  dictionary: textColumn(entries).values,
  validity: nulls?.includes(true) === true ? Uint8Array.from(nulls, (isNull) => (isNull ? 0 : 1)) : undefined,
});

const valuesOf = (column: CodedBytes) =>
  Array.from(column.codes, (_, row) => {
    const value = valueAt(column, row);
    return value === null ? null : Buffer.from(value as Uint8Array).toString();
  });

describe('a trimmed dictionary', () => {
  it('has the entries that rows have, once each, whatever was trimmed before', () => {
    const column = fc
      .array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 8 })
      .chain((entries) =>
        fc.tuple(
          fc.constant(entries),
          fc.array(fc.tuple(fc.nat({ max: entries.length - 1 }), fc.boolean()), { maxLength: 10 }),
        ),
      )
      .map(([entries, rows]) =>
        codedText(
          entries,
          // What stands at a null row means nothing.
          rows.map(([code, isNull]) => (isNull ? code + 7 : code)),
          rows.map(([, isNull]) => isNull),
        ),
      );
    fc.assert(
      fc.property(fc.array(column, { maxLength: 5 }), (columns) => {
        const trim = createTrimDictionary();
        for (const one of columns) {
          const trimmed = trim(one);
          expect(valuesOf(trimmed)).toEqual(valuesOf(one));
          const used = [...one.codes].filter((_, row) => one.validity?.[row] !== 0);
          expect(dictionaryLength(trimmed.dictionary)).toBe(new Set(used).size);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is the same where a row has each entry', () => {
    const column = codedText(['buy', 'sell'], [1, 0, 1]);
    expect(createTrimDictionary()(column)).toBe(column);
  });

  it('refuses a code without an entry', () => {
    expect(() => createTrimDictionary()(codedText(['buy'], [1]))).toThrow('assertion failed');
  });
});

it('codes of numbers are not codes of byte strings', () => {
  expect(isCodedBytes(codedText(['buy'], [0]))).toBe(true);
  expect(isCodedBytes(textColumn(['buy']))).toBe(false);
  expect(isCodedBytes({ layout: 'dictionary', codes: Uint32Array.of(0), dictionary: Int32Array.of(5) })).toBe(
    false,
  );
});
