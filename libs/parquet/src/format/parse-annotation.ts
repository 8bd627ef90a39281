import type { TimeUnit } from '@ticklake/columnar';
import { CONVERTED, LOGICAL } from './constants.js';
import type { Annotation } from './metadata.js';
import {
  fieldBool,
  fieldInt,
  fieldStruct,
  nextField,
  skipField,
  type ThriftReader,
} from './thrift-reader.js';

/** Reads a `LogicalType` union; `undefined` for kinds this library carries as their physical type. */
export function parseLogicalType(reader: ThriftReader): Annotation | undefined {
  let annotation: Annotation | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === LOGICAL.DECIMAL) annotation = fieldStruct(reader, parseDecimal);
    else if (id === LOGICAL.TIME) annotation = fieldStruct(reader, (inner) => parseTime(inner, 'time'));
    else if (id === LOGICAL.TIMESTAMP)
      annotation = fieldStruct(reader, (inner) => parseTime(inner, 'timestamp'));
    else if (id === LOGICAL.INTEGER) annotation = fieldStruct(reader, parseInteger);
    else {
      annotation = PLAIN_KINDS.get(id);
      skipField(reader);
    }
  }
  return annotation;
}

/** What a converted type of an old file means. */
export function convertedAnnotation(
  converted: number,
  { precision, scale }: { precision: number; scale: number },
): Annotation | undefined {
  if (converted === CONVERTED.DECIMAL) return { kind: 'decimal', precision, scale };
  return CONVERTED_KINDS.get(converted);
}

const STRING: Annotation = { kind: 'string' };

const PLAIN_KINDS = new Map<number, Annotation>([
  [LOGICAL.STRING, STRING],
  [LOGICAL.MAP, { kind: 'map' }],
  [LOGICAL.LIST, { kind: 'list' }],
  [LOGICAL.ENUM, STRING],
  [LOGICAL.DATE, { kind: 'date' }],
  [LOGICAL.JSON, STRING],
  [LOGICAL.BSON, { kind: 'bson' }],
  [LOGICAL.UUID, { kind: 'uuid' }],
  [LOGICAL.FLOAT16, { kind: 'float16' }],
]);

const CONVERTED_KINDS = new Map<number, Annotation>([
  [CONVERTED.UTF8, STRING],
  [CONVERTED.MAP, { kind: 'map' }],
  [CONVERTED.MAP_KEY_VALUE, { kind: 'map' }],
  [CONVERTED.LIST, { kind: 'list' }],
  [CONVERTED.ENUM, STRING],
  [CONVERTED.DATE, { kind: 'date' }],
  [CONVERTED.TIME_MILLIS, { kind: 'time', unit: 'ms', utc: true }],
  [CONVERTED.TIME_MICROS, { kind: 'time', unit: 'us', utc: true }],
  [CONVERTED.TIMESTAMP_MILLIS, { kind: 'timestamp', unit: 'ms', utc: true }],
  [CONVERTED.TIMESTAMP_MICROS, { kind: 'timestamp', unit: 'us', utc: true }],
  [CONVERTED.UINT_8, { kind: 'integer', bits: 8, signed: false }],
  [CONVERTED.UINT_16, { kind: 'integer', bits: 16, signed: false }],
  [CONVERTED.UINT_32, { kind: 'integer', bits: 32, signed: false }],
  [CONVERTED.UINT_64, { kind: 'integer', bits: 64, signed: false }],
  [CONVERTED.INT_8, { kind: 'integer', bits: 8, signed: true }],
  [CONVERTED.INT_16, { kind: 'integer', bits: 16, signed: true }],
  [CONVERTED.INT_32, { kind: 'integer', bits: 32, signed: true }],
  [CONVERTED.INT_64, { kind: 'integer', bits: 64, signed: true }],
  [CONVERTED.JSON, STRING],
  [CONVERTED.BSON, { kind: 'bson' }],
]);

function parseDecimal(reader: ThriftReader): Annotation {
  let scale = 0;
  let precision = 0;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) scale = fieldInt(reader);
    else if (id === 2) precision = fieldInt(reader);
    else skipField(reader);
  }
  return { kind: 'decimal', precision, scale };
}

/** A unit this library does not know leaves the physical type. */
function parseTime(reader: ThriftReader, kind: 'time' | 'timestamp'): Annotation | undefined {
  let utc = false;
  let unit: TimeUnit | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) utc = fieldBool(reader);
    else if (id === 2) unit = fieldStruct(reader, parseUnit);
    else skipField(reader);
  }
  return unit === undefined ? undefined : { kind, unit, utc };
}

function parseUnit(reader: ThriftReader): TimeUnit | undefined {
  let unit: TimeUnit | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) unit = 'ms';
    else if (id === 2) unit = 'us';
    else if (id === 3) unit = 'ns';
    skipField(reader);
  }
  return unit;
}

function parseInteger(reader: ThriftReader): Annotation {
  let bits = 0;
  let signed = false;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) bits = fieldInt(reader);
    else if (id === 2) signed = fieldBool(reader);
    else skipField(reader);
  }
  return { kind: 'integer', bits, signed };
}
