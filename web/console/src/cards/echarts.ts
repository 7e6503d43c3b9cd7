import { BarChart, BoxplotChart, CustomChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  ParallelComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components'
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core'
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers'

use([
  ...[BarChart, BoxplotChart, CustomChart, LineChart, ParallelChart, ScatterChart],
  ...[GridComponent, LegendComponent, MarkLineComponent, ParallelComponent, TitleComponent],
  ...[TooltipComponent, VisualMapContinuousComponent],
  ...[CanvasRenderer, SVGRenderer],
])

export type { EChartsCoreOption, EChartsType }

const COMMON = { animation: false, aria: { enabled: false } }

export function drawChart(host: HTMLElement): EChartsType {
  return init(host, undefined, { renderer: 'canvas' })
}

export const withDefaults = (option: EChartsCoreOption): EChartsCoreOption => ({ ...COMMON, ...option })

/** The chart as an SVG document, as large as on the page. */
export function chartToSvg(
  option: EChartsCoreOption,
  width: number,
  height: number,
  background: string,
): string {
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(withDefaults({ backgroundColor: background, ...option }))
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
