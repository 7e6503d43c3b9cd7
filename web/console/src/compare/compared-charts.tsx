import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ChartsPanel } from '../cards/charts-panel.js'
import { comparisonCards } from '../cards/comparison-cards.js'
import { seriesStyle } from '../charts/series-style.js'
import type { RunsSource } from '../reports/card-block.js'
import type { RunRow } from '../runs/row.js'
import { toVisibleRun } from '../runs/visible-run.js'

interface ComparedChartsProps {
  readonly rows: readonly RunRow[]
  readonly state: string | undefined
  readonly onState: (next: string) => void
}

/** The runs are chosen, not searched. */
const CHOSEN: RunsSource = { filter: '', order: undefined, limit: undefined, deleted: false, groupBy: [] }

/** The cards of the compared runs: over parameters, and of each metric. */
export function ComparedCharts({ rows, state, onState }: ComparedChartsProps) {
  const { t } = useTranslation()
  const runs = useMemo(
    () => rows.map((row, i) => toVisibleRun(row, { color: seriesStyle(i).colour, visible: true })),
    [rows],
  )
  return (
    <section className="compared-curves">
      <h2>{t('run.curves')}</h2>
      <ChartsPanel runs={runs} source={CHOSEN} state={state} onState={onState} moreCards={comparisonCards} />
    </section>
  )
}
