/** What a terminal obeys or hides: control and format characters, such as those that turn the direction of what follows. */
const HIDDEN = /\p{C}/gu;
const HIDDEN_IN_TEXT = /[^\P{C}\n\t]/gu;
const REPLACEMENT = '\ufffd';

/** `text` with nothing in it that a terminal obeys, but for what text is laid out with: names of files come from elsewhere. */
export function printable(text: string): string {
  return text.replace(HIDDEN_IN_TEXT, REPLACEMENT);
}

/** A value that stands within a line: {@link printable}, and no line feed or tab either. */
export function printableValue(text: string): string {
  return text.replace(HIDDEN, REPLACEMENT);
}
