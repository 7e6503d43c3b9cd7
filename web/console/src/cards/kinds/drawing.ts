import type { EChartsCoreOption } from 'echarts/core'
import type { TFunction } from 'i18next'
import type { Format } from '../../i18n/format.js'
import type { Table } from '../../ui/table.js'
import type { Options } from '../card.js'
import type { Paint } from '../paint.js'
import type { RunValues } from '../run-values.js'

/** A card as ECharts draws it, and as a table. */
export interface Drawing {
  /** Undefined if there is nothing to draw. */
  readonly chart: EChartsCoreOption | undefined
  /** Ids of runs by series and index of its data, to highlight them. */
  readonly runs: readonly (readonly (string | undefined)[])[]
  readonly table: Table
  /** Says how the figures were made, or why there are none. */
  readonly note?: string
}

export interface DrawContext {
  readonly options: Options
  /** All runs of the page, also those outside of the brushes: colours by a text follow their order. */
  readonly all: readonly RunValues[]
  /** The runs within the brushes of the other cards; undefined without one. */
  readonly within: ReadonlySet<string> | undefined
  /** The groups of all runs, also of those outside of the brushes; empty unless the runs are grouped. */
  readonly groups: readonly string[]
  readonly paint: Paint
  readonly t: TFunction
  readonly format: Format
}

/** A kind of card that draws the latest values of runs. */
export interface ValuesKind {
  /** Ids of the columns that it reads. */
  readonly columns: (options: Options) => readonly string[]
  readonly draw: (runs: readonly RunValues[], context: DrawContext) => Drawing
}

export const nothing = (table: Table, note: string): Drawing => ({ chart: undefined, runs: [], table, note })
