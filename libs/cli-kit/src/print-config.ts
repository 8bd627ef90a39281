import { toJson } from './describe-error.js';
import type { Setting } from './resolve-config.js';

/** Every setting, its value and where it comes from: one line each, or JSON. Secrets are never shown. */
export function printConfig(settings: readonly Setting[], { json }: { readonly json: boolean }): string {
  const shown = settings.map(({ key, given, value, origin }) => ({
    key: key.key,
    value: key.secret && value !== undefined ? '***' : (given ?? key.defaultText ?? value),
    origin,
  }));
  if (json) return `${toJson(shown)}\n`;
  const keyWidth = Math.max(...shown.map(({ key }) => key.length), 0);
  const texts = shown.map(({ value }) =>
    value === undefined ? '-' : typeof value === 'string' ? value : toJson(value),
  );
  const valueWidth = Math.max(...texts.map((text) => text.length), 0);
  return shown
    .map(
      ({ key, origin }, i) => `${key.padEnd(keyWidth)}  ${(texts[i] ?? '').padEnd(valueWidth)}  ${origin}\n`,
    )
    .join('');
}
