import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { metricLabel } from '../metrics/metric-name.js'
import { Failure } from '../ui/states.js'
import { numberColumn, type Table, textColumn } from '../ui/table.js'
import { first } from './card.js'
import type { CardBodyProps } from './card-body.js'
import { useCards } from './cards-context.js'
import { type Importance, importanceOf } from './importance.js'
import { useRunValues } from './use-run-values.js'

const MAX_PARAMS = 100

/** How much each parameter matters for a metric. */
export function ImportanceBody({ card, title, height, files, onBusy }: CardBodyProps) {
  const { t } = useTranslation()
  const { runs, within, params } = useCards()
  const metric = `metrics.${first(card.options, 'y')}`
  const columns = useMemo(
    () => [metric, ...varying(params, runs.length).map((key) => `params.${key}`)],
    [metric, params, runs.length],
  )
  const { values: all, isPending, failed } = useRunValues(runs, columns)
  const values = useMemo(
    () => (within ? all?.filter(({ run }) => within.has(run.runId)) : all),
    [all, within],
  )
  const [found, setFound] = useState<readonly Importance[]>()
  useEffect(() => {
    if (!values) return
    const stopped = new AbortController()
    void importanceOf(values, metric, columns.slice(1), stopped.signal).then((rows) => {
      if (rows) setFound(rows)
    })
    return () => stopped.abort()
  }, [values, metric, columns])
  useEffect(() => onBusy(isPending || (values !== undefined && !found)), [onBusy, isPending, values, found])
  useEffect(() => {
    const head: Table['columns'] = [
      textColumn(t('cards.parameter')),
      ...[t('cards.importance'), t('cards.correlation'), t('experiments.runs')].map(numberColumn),
    ]
    const rows = (found ?? []).map(({ param, importance, correlation, count }) => [
      ...[param, importance, correlation, count],
    ])
    files.current = { svg: undefined, table: () => ({ columns: head, rows }) }
  }, [files, found, t])
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />
  if (!found) return <div style={{ height }} />
  if (found.length === 0) return <p className="card-empty">{t('cards.noImportance')}</p>
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll */}
      <div className="curve-table" style={{ maxHeight: height }} tabIndex={0}>
        <ImportanceTable title={title} found={found} metric={first(card.options, 'y')} />
      </div>
      <figcaption>{t('cards.importanceMethod')}</figcaption>
    </>
  )
}

/** Parameters that differ, the most frequent first. */
const varying = (params: ReturnType<typeof useCards>['params'], runs: number) =>
  params
    .filter(({ differs, count }) => differs || count < runs)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MAX_PARAMS)
    .map(({ key }) => key)

interface ImportanceTableProps {
  readonly title: string
  readonly found: readonly Importance[]
  readonly metric: string
}

function ImportanceTable({ title, found, metric }: ImportanceTableProps) {
  const { t } = useTranslation()
  const greatest = Math.max(...found.map(({ importance }) => importance), Number.MIN_VALUE)
  return (
    <table className="list importance" aria-label={title}>
      <thead>
        <tr>
          <th scope="col">{t('cards.parameter')}</th>
          <th scope="col">{t('cards.importance')}</th>
          <th scope="col">{t('cards.correlationWith', { name: metricLabel(metric) })}</th>
        </tr>
      </thead>
      <tbody>
        {found.map(({ param, importance, correlation }) => (
          <tr key={param}>
            <th scope="row" className="truncate" title={param}>
              {param}
            </th>
            <td>
              <Meter share={importance / greatest} text={`${Math.round(importance * 100)}%`} />
            </td>
            <td>
              {correlation === undefined ? (
                <span className="muted">–</span>
              ) : (
                <Meter share={correlation} text={signed(correlation)} isSigned />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** @param share from −1 to 1 */
function Meter({ share, text, isSigned = false }: { share: number; text: string; isSigned?: boolean }) {
  const width = `${Math.abs(share) * (isSigned ? 50 : 100)}%`
  const start = isSigned ? (share < 0 ? `${50 + share * 50}%` : '50%') : 0
  return (
    <span className="meter">
      <span className={isSigned ? 'meter-track signed' : 'meter-track'} aria-hidden="true">
        <span className={share < 0 ? 'below' : ''} style={{ width, insetInlineStart: start }} />
      </span>
      <span className="number">{text}</span>
    </span>
  )
}

const signed = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}`
