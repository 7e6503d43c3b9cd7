import type { TableData } from '../artifacts/json-table.js'
import type { PlotSource } from './plot.js'
import { PLOT_KINDS, type PlotKind, plotKindsOf } from './plot-kinds.js'

/** The runs whose table has the wanted plot, or without one the first plot of any table, and all plots that tables have. */
export function plotted(
  runs: readonly Omit<PlotSource, 'table'>[],
  tables: readonly (TableData | undefined)[],
  wanted: PlotKind | undefined,
) {
  const all = runs.flatMap((run, i) => {
    const table = tables[i]
    return table ? [{ ...run, table, own: plotKindsOf(table) }] : []
  })
  const kinds = PLOT_KINDS.filter((kind) => all.some(({ own }) => own.includes(kind)))
  const kind = wanted ?? kinds[0]
  const sources = all.filter(({ own }) => kind !== undefined && own.includes(kind))
  return { sources, kind: sources.length > 0 ? kind : undefined, kinds }
}
