import { useTranslation } from 'react-i18next'
import type { VisibleRun } from '../runs/visible-run.js'
import { Empty } from '../ui/states.js'

export interface ChartsPanelProps {
  readonly experimentIds: readonly string[]
  readonly runs: readonly VisibleRun[]
  /** Ids of the columns that group the rows, outermost first: `params.model`. */
  readonly groupBy: readonly string[]
  /** State of the cards as text, kept in the URL and in saved views; undefined for the defaults. */
  readonly state: string | undefined
  readonly onState: (next: string) => void
}

/** The charts of the runs whose eyes are open. */
export function ChartsPanel({ runs }: ChartsPanelProps) {
  const { t } = useTranslation()
  return <Empty title={t('runsTable.chartsOf', { count: runs.filter(({ visible }) => visible).length })} />
}
