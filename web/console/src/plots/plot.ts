import type { TFunction } from 'i18next'
import type { TableData } from '../artifacts/json-table.js'
import type { Drawing } from '../cards/kinds/drawing.js'
import type { Paint } from '../cards/paint.js'
import type { Format } from '../i18n/format.js'

/** The table of a run that is drawn. */
export interface PlotSource {
  readonly runId: string
  readonly name: string
  /** A CSS colour. */
  readonly color: string
  readonly table: TableData
}

export interface PlotContext {
  /** Draws this class only. */
  readonly className: string
  /** The step that the slider shows; the last without one. */
  readonly step: number
  readonly paint: Paint
  readonly t: TFunction
  readonly format: Format
}

export type DrawPlot = (sources: readonly PlotSource[], context: PlotContext) => Drawing
