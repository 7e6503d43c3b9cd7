import { lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { seriesStyle } from '../charts/series-style.js'
import type { PlotKind } from '../plots/plot-kinds.js'
import { plotted } from '../plots/plotted-runs.js'
import { useRunTables } from '../plots/table-file.js'
import { type RunRow, runName } from '../runs/row.js'
import { Skeleton } from '../ui/states.js'

const FilePlots = lazy(async () => ({ default: (await import('../plots/file-plots.js')).FilePlots }))

interface ComparedPlotsProps {
  readonly rows: readonly RunRow[]
  readonly path: string
  /** The files themselves. */
  readonly children: ReactNode
}

/** A table of each run in one plot, beside the files themselves. Other files have no plot. */
export function ComparedPlots({ rows, path, children }: ComparedPlotsProps) {
  const { t } = useTranslation()
  const ids = useMemo(() => rows.map(({ info }) => info.run_id), [rows])
  const runs = useMemo(
    () =>
      rows.map(({ info }, i) => ({
        runId: info.run_id,
        name: runName(info),
        color: seriesStyle(i).colour,
      })),
    [rows],
  )
  const { tables, isPending } = useRunTables(ids, path)
  const { kinds } = useMemo(() => plotted(runs, tables, undefined), [runs, tables])
  const sourcesOf = useCallback((kind: PlotKind) => plotted(runs, tables, kind).sources, [runs, tables])
  if (isPending) return <Skeleton />
  if (kinds.length === 0) return children
  return (
    <Suspense fallback={<Skeleton />}>
      <FilePlots path={path} kinds={kinds} sourcesOf={sourcesOf} fileLabel={t('plots.asFiles')}>
        {children}
      </FilePlots>
    </Suspense>
  )
}
