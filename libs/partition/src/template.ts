import { LakeError } from '@ticklake/core';

/** A piece of a template. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string };

/**
 * A template cut into its texts and `{fields}`, in order; texts are never empty.
 *
 * @throws LakeError `invalid` (`SCHEME`) for a stray brace, text beyond printable ASCII, or a template that is not a
 * relative path of non-empty segments.
 */
export function parseTemplate(template: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = template;
  while (rest !== '') {
    const match = /^(?:\{([A-Za-z][A-Za-z0-9]*)\}|([ -z|~]+))/.exec(rest);
    if (match === null) throw badTemplate(template);
    const [whole, name, text] = match;
    parts.push(name === undefined ? { kind: 'text', text: text as string } : { kind: 'field', name });
    rest = rest.slice(whole.length);
  }
  const segments = template.replace(/\/$/, '').split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    throw badTemplate(template);
  return parts;
}

/** The parts of each path segment: the template cut at every `/`. */
export function segmentsOf(parts: readonly Part[]): readonly (readonly Part[])[] {
  const segments: Part[][] = [[]];
  for (const part of parts) {
    const texts = part.kind === 'text' ? part.text.split('/') : [undefined];
    texts.forEach((text, i) => {
      if (i > 0) segments.push([]);
      if (text === undefined) segments.at(-1)?.push(part);
      else if (text !== '') segments.at(-1)?.push({ kind: 'text', text });
    });
  }
  return segments;
}

function badTemplate(template: string): LakeError {
  return new LakeError('invalid', 'not a template of a relative path', {
    code: 'SCHEME',
    details: { template },
  });
}
