/** `text` as systemd reads it back: a percent sign begins a specifier there. */
export function unitText(text: string): string {
  return text.replaceAll('%', '%%');
}

/** `text` as one word of a setting that takes several: in quotes where it holds a space. */
export function unitWord(text: string): string {
  const escaped = unitText(text);
  return escaped.includes(' ') ? `"${escaped}"` : escaped;
}

/** A size as systemd writes it, exactly: `3G`, `512M`, or bytes. */
export function unitSize(sizeBytes: number): string {
  for (const [unit, unitBytes] of [
    ['G', 2 ** 30],
    ['M', 2 ** 20],
  ] as const) {
    if (sizeBytes % unitBytes === 0) return `${sizeBytes / unitBytes}${unit}`;
  }
  return String(sizeBytes);
}
