/** A number that Python held as a float: `50.0` stays `50.0`, and small ones have an exponent of two digits. */
export class PythonFloat {
  constructor(readonly value: number) {}
}

/** What {@link pythonJson} writes. Plain numbers are integers. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | PythonFloat
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

/** A float rounded to `digits` after the point. */
export function float(value: number, digits = 6): PythonFloat {
  return new PythonFloat(Number(value.toFixed(digits)));
}

/** JSON without spaces, numbers spelled as Python's `json.dumps` spells them. */
export function pythonJson(value: PythonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof PythonFloat) return floatText(value.value);
  if (isList(value)) return `[${value.map(pythonJson).join(',')}]`;
  const members = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${pythonJson(part)}`);
  return `{${members.join(',')}}`;
}

function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

function floatText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
