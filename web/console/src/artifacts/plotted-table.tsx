import { type ComponentProps, lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { type PlotKind, plotKindsOf } from '../plots/plot-kinds.js'
import { Skeleton } from '../ui/states.js'
import { DataTable } from './data-table.js'

const FilePlots = lazy(async () => ({ default: (await import('../plots/file-plots.js')).FilePlots }))

/** A table, and the plots that its columns have. */
export function PlottedTable(props: ComponentProps<typeof DataTable>) {
  const { t } = useTranslation()
  const { name, data, note } = props
  const kinds: readonly PlotKind[] = useMemo(() => plotKindsOf(data), [data])
  const sourcesOf = useMemo(
    () => () => [{ runId: '', name, color: 'var(--series-0)', table: data }],
    [name, data],
  )
  if (kinds.length === 0) return <DataTable {...props} />
  return (
    <Suspense fallback={<Skeleton />}>
      <FilePlots path={name} kinds={kinds} sourcesOf={sourcesOf} fileLabel={t('plots.asTable')}>
        <DataTable {...props} />
      </FilePlots>
      {note && <p className="body muted">{note}</p>}
    </Suspense>
  )
}
