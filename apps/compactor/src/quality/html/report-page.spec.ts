import { sampleReport } from '../../testing/quality-sample.js';
import { escapeHtml } from './escape-html.js';
import { reportPage } from './report-page.js';

const TOOL = { tool: 'ticklake-compactor test' };
const HOSTILE = `<script>alert("x")</script>&'q`;

const cells = (page: string) => {
  const [, calendar = ''] = page.split(/id="(?:calendar|timelines)"/);
  return calendar.match(/ecmeta_ssr_type="chart"/g)?.length;
};

it('has a cell for each day, a line for each stream and a mark for each gap', () => {
  const report = sampleReport({ days: 14 });
  const page = reportPage(report, TOOL);
  expect(cells(page)).toBe(14);
  for (const name of ['binance/bbo/btcusdt', 'okx/trade/ethusdt']) expect(page).toContain(`>${name}</text>`);
  const gapCount = report.days.reduce((sum, day) => sum + day.gaps.length, 0);
  // One more in the legend.
  expect(page.match(/var\(--mark\)/g)).toHaveLength(gapCount + 1);
  expect(page).toContain('<td class="text text">missing</td><td class="text text">okx/trade/ethusdt</td>');
});

it('is one text for one report, whatever was drawn before', () => {
  const first = reportPage(sampleReport({ days: 3 }), TOOL);
  reportPage(sampleReport({ days: 20 }), TOOL);
  expect(reportPage(sampleReport({ days: 3 }), TOOL)).toBe(first);
});

it('shows a year as well', () => {
  expect(cells(reportPage(sampleReport({ days: 366, streams: ['okx/bbo/ethusdt'] }), TOOL))).toBe(366);
});

it('shows days without anything', () => {
  const page = reportPage({ days: sampleReport({ days: 2, streams: [] }).days, partitions: [] }, TOOL);
  expect(page).toContain('Nothing was published in these days.');
  expect(page).toContain('NONE');
});

it('names that are code are text', () => {
  const page = reportPage(sampleReport({ days: 7, streams: [`okx/bbo/${HOSTILE}`] }), { tool: HOSTILE });
  expect(page).toContain(escapeHtml(HOSTILE));
  expect(page).not.toContain('<script');
  expect(page).not.toContain('alert("');
  expect(page).not.toMatch(/\son\w+=/);
});

it('fetches nothing and runs nothing', () => {
  const page = reportPage(sampleReport({ days: 7 }), TOOL);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  expect(page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:|url\(|<(script|link|img|iframe)/);
});

it('tells how many streams it could not draw', () => {
  const streams = Array.from({ length: 403 }, (_, i) => `okx/bbo/s${String(i).padStart(3, '0')}`);
  const page = reportPage(sampleReport({ days: 1, streams }), TOOL);
  expect(page).toContain('The first 400 streams by name; 3 more stand in the tables.');
  expect(page).toContain('okx/bbo/s402');
});
