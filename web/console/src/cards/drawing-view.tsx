import { type RefObject, useEffect } from 'react'
import type { DrawingFiles } from '../ui/save-drawing.js'
import type { Brush } from './brush.js'
import { CardTable } from './card-table.js'
import { EChart } from './echart.js'
import { chartToSvg } from './echarts.js'
import type { Drawing } from './kinds/drawing.js'
import { currentPaint } from './paint.js'

const SVG_WIDTH = 900
const TITLE_PX = 30

interface DrawingViewProps {
  readonly title: string
  readonly height: number
  readonly asTable: boolean
  readonly files: RefObject<DrawingFiles | undefined>
  readonly drawing: Drawing
  readonly brush?: Brush | undefined
  readonly onBrush?: ((brush?: Brush) => void) | undefined
}

/** A drawing as a chart or as a table, and as files. */
export function DrawingView({ title, height, asTable, files, drawing, brush, onBrush }: DrawingViewProps) {
  const { chart, table, note, runs } = drawing
  useEffect(() => {
    files.current = {
      table: () => table,
      svg:
        chart &&
        (async () =>
          titled(chartToSvg(chart, SVG_WIDTH, 2 * height, currentPaint().surface), title, 2 * height)),
    }
  }, [files, table, chart, height, title])
  return (
    <>
      {asTable || !chart ? (
        <CardTable table={table} title={title} maxHeight={height} />
      ) : (
        <EChart option={chart} brush={brush} onBrush={onBrush} {...{ runs, title, height }} />
      )}
      {note && <figcaption>{note}</figcaption>}
    </>
  )
}

/** Puts the title above a chart. */
function titled(svg: string, title: string, height: number): string {
  const { surface, text, font } = currentPaint()
  const escaped = new XMLSerializer().serializeToString(document.createTextNode(title))
  const all = height + TITLE_PX
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${SVG_WIDTH}" height="${all}" viewBox="0 0 ${SVG_WIDTH} ${all}"><rect width="100%" height="100%" fill="${surface}"/><text x="16" y="22" fill="${text}" font-family="${font}" font-size="14" font-weight="600">${escaped}</text><g transform="translate(0 ${TITLE_PX})">${svg}</g></svg>`
}
