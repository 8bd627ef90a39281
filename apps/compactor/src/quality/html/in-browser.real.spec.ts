import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { sampleReport } from '../../testing/quality-sample.js';
import { reportPage } from './report-page.js';
import { writePage } from './write-page.js';

/** Where `tools/browser.sh` put one, or what the machine has. */
const executablePath =
  process.env['TICKLAKE_BROWSER'] ?? onPath(['chromium', 'chromium-headless-shell', 'google-chrome']);
const suite = executablePath === undefined && process.env['CI'] === undefined ? describe.skip : describe;

/** Colours of a light page: a good day, a bad one, a gap. */
const COLOURS = ['185,227,201', '244,181,174', '194,47,37'];

suite('a report in a browser without a network', () => {
  let directory: string;
  let browser: Browser;

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('no browser: run eval "$(tools/browser.sh)" first');
    directory = mkdtempSync(join(tmpdir(), 'ticklake-page-'));
    browser = await chromium.launch({ executablePath });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });

  /** Opens the sample, and gives with the page whatever it said and asked for. */
  async function open({ javaScriptEnabled }: { readonly javaScriptEnabled: boolean }) {
    const path = join(directory, 'report.html');
    const streams = [
      'binance/bbo/btcusdt',
      'okx/trade/ethusdt',
      `okx/bbo/<script>document.title = 'x'</script>`,
    ];
    await writePage(path, reportPage(sampleReport({ days: 14, streams }), { tool: 'test' }));
    const context = await browser.newContext({ offline: true, javaScriptEnabled, colorScheme: 'light' });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    const url = pathToFileURL(path).href;
    await page.goto(url);
    return { page, complaints, requests, url };
  }

  it.each([true, false])('is whole, with JavaScript %s', async (javaScriptEnabled) => {
    const { page, complaints, requests, url } = await open({ javaScriptEnabled });
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
    expect(await page.title()).toBe('Data quality, 2026-01-20 to 2026-02-02');
    expect(await page.locator('#calendar [ecmeta_ssr_type]').count()).toBe(14);
    expect(await page.getByRole('img').count()).toBe(2);
    expect(await page.locator('tbody tr', { hasText: '2026-01-25' }).first().isVisible()).toBe(true);
    const shown = await coloursOf(page);
    expect(COLOURS.filter((colour) => !shown.has(colour))).toEqual([]);
    await page.context().close();
  });

  /** The colours that a picture of the page has, as `r,g,b`, decoded by the browser itself. */
  async function coloursOf(page: Page): Promise<Set<string>> {
    const picture = (await page.screenshot({ fullPage: true })).toString('base64');
    const decoder = await browser.newPage();
    const colours = await decoder.evaluate(COLOURS_IN_PAGE, `data:image/png;base64,${picture}`);
    await decoder.close();
    return new Set(colours as string[]);
  }
});

/** Runs in the browser: this program knows no document. */
const COLOURS_IN_PAGE = new Function(
  'source',
  `return (async () => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4) colours.add(data.slice(i, i + 3).join());
    return [...colours];
  })()`,
) as (source: string) => Promise<unknown>;

function onPath(names: readonly string[]): string | undefined {
  const paths = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
