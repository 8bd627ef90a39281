import { CustomChart } from 'echarts/charts';
import { CalendarComponent, GridComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { escapeHtml } from './escape-html.js';

use([CustomChart, CalendarComponent, GridComponent, SVGRenderer]);

/** A chart as a value: its options, its size in pixels, and what it shows, for those who do not see it. */
export interface Chart {
  readonly option: EChartsCoreOption;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

/**
 * Draws a chart as an SVG element, without a browser and without a script in it. Equal charts are equal text: ECharts
 * numbers its style classes through all charts of a process, and they are only for a pointer that hovers.
 */
export function drawSvg({ option, width, height, label }: Chart): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, ...option });
    return chart
      .renderToSVGString()
      .replace(/<style\b[^]*?<\/style>/g, '')
      .replace(/ class="zr\d+-cls-\d+"/g, '')
      .replace('<svg ', `<svg role="img" aria-label="${escapeHtml(label)}" `);
  } finally {
    chart.dispose();
  }
}
