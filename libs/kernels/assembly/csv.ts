// Lines of delimited text, as far as there is nothing unusual about them.

const AT: usize = 0;
const END: usize = 4;
const DELIMITER: usize = 8;
const CELLS: usize = 12;
const TARGETS: usize = 16;
const ROW: usize = 20;
const ROWS_MAX: usize = 24;
const LINE_BYTES_MAX: usize = 28;

const INT64: u32 = 1;
const FLOAT64: u32 = 2;
const BOOL: u32 = 3;

const LF: u32 = 10;
const CR: u32 = 13;
const QUOTE: u32 = 34;
const MINUS: u32 = 45;
const DOT: u32 = 46;
const ZERO: u32 = 48;

/** So many digits are exact as a double. */
const DIGITS_MAX: usize = 15;

export function csvLines(state: usize): u32 {
  const end: usize = load<u32>(state, END);
  const delimiter = load<u32>(state, DELIMITER);
  const cells = load<u32>(state, CELLS);
  const targets: usize = load<u32>(state, TARGETS);
  const rowsMax = load<u32>(state, ROWS_MAX);
  const lineMax: usize = load<u32>(state, LINE_BYTES_MAX);
  let at: usize = load<u32>(state, AT);
  let row = load<u32>(state, ROW);
  let isUnusual: u32 = 0;
  while (at < end && row < rowsMax) {
    const next = readLine(at, delimiter, cells, targets, row);
    if (next == 0 || next - at > lineMax + 1) {
      isUnusual = 1;
      break;
    }
    at = next;
    row++;
  }
  store<u32>(state, <u32>at, AT);
  store<u32>(state, row, ROW);
  return isUnusual;
}

/** Where the next line begins; 0 where the line is unusual. */
function readLine(line: usize, delimiter: u32, cells: u32, targets: usize, row: u32): usize {
  let at = line;
  for (let left = cells; ; targets += 8) {
    const kind = load<u32>(targets);
    const to: usize = load<u32>(targets, 4);
    if (kind == FLOAT64) at = readFloat64(at, to + (<usize>row << 3));
    else if (kind == INT64) at = readInt64(at, to + (<usize>row << 3));
    else if (kind == BOOL) at = readBool(at, to + row);
    else at = skip(at, delimiter);
    if (at == 0) return 0;
    const byte: u32 = load<u8>(at++);
    left--;
    if (byte == delimiter) {
      if (left == 0) return 0;
      continue;
    }
    if (left != 0) return 0;
    if (byte == LF) return at;
    return byte == CR && load<u8>(at) == LF ? at + 1 : 0;
  }
}

// Each of these gives where a cell ends, and 0 where it is unusual.

// @ts-ignore: decorator
@inline
function readInt64(at: usize, to: usize): usize {
  const isNegative = <u32>load<u8>(at) == MINUS;
  if (isNegative) at++;
  const first = at;
  let value: i64 = 0;
  let digit = <u32>load<u8>(at) - ZERO;
  while (digit < 10) {
    value = value * 10 + <i64>digit;
    digit = <u32>load<u8>(++at) - ZERO;
  }
  store<i64>(to, isNegative ? -value : value);
  return at == first || at - first > DIGITS_MAX ? 0 : at;
}

// @ts-ignore: decorator
@inline
function readFloat64(at: usize, to: usize): usize {
  const isNegative = <u32>load<u8>(at) == MINUS;
  if (isNegative) at++;
  const first = at;
  let mantissa: i64 = 0;
  let digit = <u32>load<u8>(at) - ZERO;
  while (digit < 10) {
    mantissa = mantissa * 10 + <i64>digit;
    digit = <u32>load<u8>(++at) - ZERO;
  }
  let digits = at - first;
  // A quotient of two exact doubles is rounded once, hence to the nearest.
  let power: f64 = 1;
  if (digit + ZERO == DOT) {
    const point = ++at;
    digit = <u32>load<u8>(at) - ZERO;
    while (digit < 10) {
      mantissa = mantissa * 10 + <i64>digit;
      power *= 10;
      digit = <u32>load<u8>(++at) - ZERO;
    }
    digits += at - point;
  }
  const value = <f64>mantissa / power;
  store<f64>(to, isNegative ? -value : value);
  return digits == 0 || digits > DIGITS_MAX ? 0 : at;
}

// @ts-ignore: decorator
@inline
function readBool(at: usize, to: usize): usize {
  const four = load<u32>(at);
  const first = four & 0xff;
  const isTrue = four == 0x65757274 || four == 0x65757254 || four == 0x45555254 || first == ZERO + 1;
  store<u8>(to, isTrue ? 1 : 0);
  if (first == ZERO || first == ZERO + 1) return at + 1;
  if (isTrue) return at + 4;
  const rest = load<u32>(at, 1);
  const isFalse = rest == 0x65736c61 ? first == 0x66 || first == 0x46 : rest == 0x45534c41 && first == 0x46;
  return isFalse ? at + 5 : 0;
}

// @ts-ignore: decorator
@inline
function skip(at: usize, delimiter: u32): usize {
  let byte: u32 = load<u8>(at);
  while (byte != delimiter && byte != LF && byte != QUOTE) byte = load<u8>(++at);
  return byte == QUOTE ? 0 : at;
}
