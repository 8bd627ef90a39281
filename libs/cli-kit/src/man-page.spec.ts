import { spawnSync } from 'node:child_process';
import { runCli } from './index.js';
import { manPage } from './man-page.js';
import { memoryHost } from './testing/index.js';
import { sampleApp } from './testing/sample-app.js';

const page = manPage(sampleApp);

describe('the manual page', () => {
  it('is of macros that man(7) has, and of text in which nothing is taken for one', () => {
    const macros = page.split('\n').filter((line) => /^[.']/.test(line));
    for (const macro of macros) expect(macro).toMatch(/^\.(?:TH|SH|SS|TP|B|br)(?: |$)/);
    expect(page).toContain('\n\\&.first day.');
    expect(page).toContain('a \\e list');
    expect(page).not.toContain('canary');
  });

  it('has the sections that readers look for', () => {
    const sections = [...page.matchAll(/^\.SH (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual([
      'NAME',
      'SYNOPSIS',
      'COMMANDS',
      'OPTIONS OF EVERY COMMAND',
      'CONFIGURATION',
      'EXIT STATUS',
      'EXAMPLES',
    ]);
  });

  it('reads well, where there is groff to say so', () => {
    const { error, stdout, stderr } = spawnSync('groff', ['-man', '-Tascii', '-ww', '-P-cbou'], {
      input: page,
      encoding: 'utf8',
    });
    if (error !== undefined) return;
    expect(stderr).toBe('');
    const text = stdout.replace(/\s+/g, ' ');
    for (const part of [
      "sample-tool - it's a tool",
      'sample-tool [run] [OPTION]...',
      'sample-tool inspect FILE [OPTION]...',
      'run (when no command is named) do "all" of it: [now]',
      "--mode MODE which days; it's one of two. One of daily, catch-up. Default: daily. Environment: TICKLAKE_MODE.",
      '--date-from, --start DATEFROM .first day.',
      '--no-isolate apart. Default: true.',
      '130 stopped by a signal',
      'all of a day sample-tool run --raw /data --mode daily',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('is what `man` prints', async () => {
    const host = memoryHost({ argv: ['man'] });
    expect(await runCli(sampleApp, host)).toBe(0);
    expect(host.out()).toBe(page);
  });
});
