import { createHash } from 'node:crypto';
import { typeText, type Schema } from './schema.js';

/**
 * SHA-256, as lower-case hex, of a schema's canonical text: one line `"name":type` per field in order, the name as a
 * JSON string, the type as {@link typeText} gives it, `?` after it when nullable; lines joined by a line feed.
 */
export function fingerprintSchema(schema: Schema): string {
  return createHash('sha256').update(schemaText(schema)).digest('hex');
}

/** The canonical text itself. Internal: equal text is how two schemas are compared. */
export function schemaText(schema: Schema): string {
  const lines = schema.fields.map(
    ({ name, type, nullable }) => `${JSON.stringify(name)}:${typeText(type)}${nullable ? '?' : ''}`,
  );
  return lines.join('\n');
}
