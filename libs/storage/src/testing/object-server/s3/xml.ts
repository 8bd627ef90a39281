/** An element of text, escaped. */
export function leaf(name: string, text: string | number): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** An element of elements, which are given as written. */
export function branch(name: string, ...elements: readonly string[]): string {
  return `<${name}>${elements.join('')}</${name}>`;
}

/** A document in the namespace of S3, as bytes. */
export function xmlDocument(root: string, ...elements: readonly string[]): Buffer {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
      `${elements.join('')}</${root}>`,
  );
}

/** The texts of all elements of this name: enough for the one document that S3 clients send. */
export function elementsOf(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'));
  return [...found].map(([, inner = '']) => inner);
}

/** The text that was escaped. */
export function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return NAMED.get(name) ?? whole;
  });
}

const NAMED = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function escapeXml(text: string): string {
  return (
    text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      // Readers of XML would otherwise turn these into spaces or line ends.
      .replace(/[^ -\u{10ffff}]/gu, (control) => `&#x${control.charCodeAt(0).toString(16)};`)
  );
}
