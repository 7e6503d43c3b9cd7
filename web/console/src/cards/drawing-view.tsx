import { type RefObject, useEffect } from 'react'
import type { DrawingFiles } from '../ui/save-drawing.js'
import type { Brush } from './brush.js'
import { CardTable } from './card-table.js'
import { chartFiles } from './chart-files.js'
import { EChart } from './echart.js'
import type { Drawing } from './kinds/drawing.js'

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
    files.current = chartFiles({ chart, table, title, height })
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
