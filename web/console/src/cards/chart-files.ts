import type { DrawingFiles } from '../ui/save-drawing.js'
import type { Table } from '../ui/table.js'
import { chartToSvg, type EChartsCoreOption } from './echarts.js'
import { currentPaint } from './paint.js'

const SVG_WIDTH = 900
const TITLE_PX = 30

interface ChartFilesOptions {
  /** Undefined if nothing is drawn. */
  readonly chart: EChartsCoreOption | undefined
  readonly table: Table
  readonly title: string
  /** The height of the chart on the page; the drawing is twice as high. */
  readonly height: number
}

/** A chart that ECharts draws as files. */
export const chartFiles = ({ chart, table, title, height }: ChartFilesOptions): DrawingFiles => ({
  table: () => table,
  svg:
    chart &&
    (async () => titled(chartToSvg(chart, SVG_WIDTH, 2 * height, currentPaint().surface), title, 2 * height)),
})

/** Puts the title above a chart. */
function titled(svg: string, title: string, height: number): string {
  const { surface, text, font } = currentPaint()
  const escaped = new XMLSerializer().serializeToString(document.createTextNode(title))
  const all = height + TITLE_PX
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${SVG_WIDTH}" height="${all}" viewBox="0 0 ${SVG_WIDTH} ${all}"><rect width="100%" height="100%" fill="${surface}"/><text x="16" y="22" fill="${text}" font-family="${font}" font-size="14" font-weight="600">${escaped}</text><g transform="translate(0 ${TITLE_PX})">${svg}</g></svg>`
}
