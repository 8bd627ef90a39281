import { fixedWords, type Column, type FixedValues } from '@ticklake/columnar';
import type { Dense } from './physical.js';

/** Dense values as a column with a row wherever `validity` says so; all rows are present without it. */
export function denseColumn(dense: Dense, validity: Uint8Array | undefined): Column {
  if (validity === undefined) return { ...dense };
  switch (dense.layout) {
    case 'fixed':
      return { layout: 'fixed', values: scatterFixed(dense.values, validity), validity };
    case 'dictionary': {
      const codes = new Uint32Array(validity.length);
      scatter(dense.codes, codes, validity);
      return { layout: 'dictionary', codes, dictionary: dense.dictionary, validity };
    }
    case 'bytes': {
      const offsets = spread(dense.values.offsets, validity);
      return { layout: 'bytes', values: { offsets, data: dense.values.data }, validity };
    }
  }
}

/** `values[codes[i]]` for every i; codes are known to be in range. */
export function gatherFixed(values: FixedValues, codes: Uint32Array): FixedValues {
  const out = alike(values, codes.length);
  const from = fixedWords(values);
  const to = fixedWords(out);
  if (from.perValue === 1) {
    for (let i = 0; i < codes.length; i++) to.words[i] = from.words[codes[i] as number] as number;
    return out;
  }
  for (let i = 0, at = 0; i < codes.length; i++, at += 2) {
    const code = (codes[i] as number) * 2;
    to.words[at] = from.words[code] as number;
    to.words[at + 1] = from.words[code + 1] as number;
  }
  return out;
}

function scatterFixed(values: FixedValues, validity: Uint8Array): FixedValues {
  const out = alike(values, validity.length);
  const from = fixedWords(values);
  const to = fixedWords(out);
  if (from.perValue === 1) {
    scatter(from.words, to.words, validity);
    return out;
  }
  for (let i = 0, at = 0; i < validity.length; i++) {
    if (validity[i] === 0) continue;
    to.words[2 * i] = from.words[at] as number;
    to.words[2 * i + 1] = from.words[at + 1] as number;
    at += 2;
  }
  return out;
}

interface Numbers {
  [index: number]: number;
}

function scatter(from: Numbers, to: Numbers, validity: Uint8Array): void {
  for (let i = 0, at = 0; i < validity.length; i++) if (validity[i] === 1) to[i] = from[at++] as number;
}

/** A null takes no bytes. */
function spread(offsets: Uint32Array, validity: Uint8Array): Uint32Array {
  const out = new Uint32Array(validity.length + 1);
  let at = 0;
  out[0] = offsets[0] as number;
  for (let i = 0; i < validity.length; i++) {
    if (validity[i] === 1) at++;
    out[i + 1] = offsets[at] as number;
  }
  return out;
}

function alike(values: FixedValues, count: number): FixedValues {
  return new (values.constructor as new (count: number) => FixedValues)(count);
}
