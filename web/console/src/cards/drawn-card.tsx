import { useEffect, useMemo } from 'react'
import type { Brush } from './brush.js'
import type { CardBodyProps } from './card-body.js'
import { CardTable } from './card-table.js'
import { useCards } from './cards-context.js'
import { EChart } from './echart.js'
import { chartToSvg } from './echarts.js'
import type { Drawing } from './kinds/drawing.js'
import { currentPaint } from './paint.js'

const SVG_WIDTH = 900
const TITLE_PX = 30

type DrawnCardProps = Pick<CardBodyProps, 'card' | 'title' | 'height' | 'asTable' | 'files'> & {
  readonly drawing: Drawing
}

/** A drawing as a chart or as a table. */
export function DrawnCard({ card, title, height, asTable, files, drawing }: DrawnCardProps) {
  const { chart, table, note, runs } = drawing
  const { brushes, onBrush } = useCards()
  const put = useMemo(() => onBrush && ((brush?: Brush) => onBrush(card.id, brush)), [onBrush, card.id])
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
        <EChart option={chart} brush={brushes.get(card.id)} onBrush={put} {...{ runs, title, height }} />
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
