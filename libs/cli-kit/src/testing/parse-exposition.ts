/** A metric as {@link parseExposition} finds it. */
export interface ExposedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(.*)\})? (-?[0-9.]+(?:e[+-][0-9]+)?|[+-]Inf|NaN)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

/**
 * The text format 0.0.4 of Prometheus, more strictly than Prometheus reads it: each metric once, as HELP, TYPE and at least one sample, no
 * two of which have the same labels, and a newline at the very end.
 *
 * @throws Error naming the first line that is not of the format.
 */
export function parseExposition(text: string): ExposedMetric[] {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line does not end');
  const metrics: ExposedMetric[] = [];
  for (let i = 0; i < lines.length; ) {
    const [, name = '', help = ''] = match(/^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/, lines[i++]);
    const [, typed, type = ''] = match(/^# TYPE (\S+) (gauge|counter|untyped)$/, lines[i++]);
    if (typed !== name) throw new Error(`the type of ${typed} stands below ${name}`);
    if (metrics.some((metric) => metric.name === name)) throw new Error(`${name} comes twice`);
    const metric: ExposedMetric = { name, type, help: unescape(help), samples: [] };
    for (; lines[i]?.startsWith('#') === false; i++) addSample(metric, lines[i]);
    if (metric.samples.length === 0) throw new Error(`${name} has no sample`);
    metrics.push(metric);
  }
  return metrics;
}

function addSample(metric: ExposedMetric, line: string | undefined): void {
  const [, name, , labels = '', value] = match(SAMPLE, line);
  if (name !== metric.name) throw new Error(`a sample of ${name} stands below ${metric.name}`);
  const sample = { labels: labelsOf(labels), value: Number(value) };
  const seen = metric.samples.map((other) => JSON.stringify(other.labels));
  if (seen.includes(JSON.stringify(sample.labels))) throw new Error(`a sample comes twice: ${line}`);
  metric.samples.push(sample);
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let end = 0; end < text.length; end = LABEL.lastIndex) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`not labels: ${text}`);
    labels[name] = unescape(value);
  }
  return labels;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

function match(pattern: RegExp, line: string | undefined): RegExpExecArray {
  const found = pattern.exec(line ?? '');
  if (found === null) throw new Error(`not a line of the format: ${line ?? 'the end'}`);
  return found;
}
