/** Control characters, but for those that text is laid out with. */
const CONTROLS = /[^\P{Cc}\n\t]/gu;

/** `text` with nothing in it that a terminal obeys: names of files come from elsewhere. */
export function printable(text: string): string {
  return text.replace(CONTROLS, '\ufffd');
}
