import { type QueryClient, useQueries, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelVersion } from '../api/models.js'
import { CellWhisker } from '../charts/cell-whisker.js'
import { useFormat } from '../i18n/format.js'
import { columnDecimals } from '../metrics/column-decimals.js'
import { metricLabel } from '../metrics/metric-name.js'
import { MetricNumber } from '../metrics/metric-number.js'
import { runQuery } from '../run/use-run.js'
import { column } from '../runs/columns.js'
import { intervalOf, type RunRow, toRow } from '../runs/row.js'
import { metricScales, type Scales, scaleKey } from '../runs/scale.js'
import { SaveTable } from '../ui/save-table.js'
import { ScrollX } from '../ui/scroll-x.js'
import { SearchField } from '../ui/search-field.js'
import { Empty } from '../ui/states.js'
import { RowSpace, useWindowRows } from '../ui/use-window-rows.js'
import { AliasChip } from './alias-chip.js'
import { aliasesOf } from './queries.js'
import { RunLink } from './run-link.js'
import { downloadedVersions, foundVersions, shownMetrics } from './version-list.js'

interface VersionsTableProps {
  readonly name: string
  readonly versions: readonly ModelVersion[]
  readonly aliases: readonly { alias: string; version: string }[]
}

/** The ranges of metrics are those of these versions and of the ones in view. */
const SCALED = 25
const ROW_PX = 42
/** A shorter table is read at a glance. */
const FEW = 10
const OTHER_COLUMNS = 4

/** The versions of a model with their aliases and the metrics of their source runs, on the page of the model. */
export function VersionsTable({ name, versions, aliases }: VersionsTableProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const found = useMemo(() => foundVersions(versions, aliases, search), [versions, aliases, search])
  const { body, items, measure, before, after } = useWindowRows({
    count: found.length,
    rowPx: ROW_PX,
    keyOf: (index) => found[index]!.version,
  })
  const ids = runIdsOf([...versions.slice(0, SCALED), ...items.map(({ index }) => found[index]!)])
  const runs = useRunsOf(ids)
  const client = useQueryClient()
  const metrics = shownMetrics([...runs.values()])
  const scales = metricScales(
    [...runs.values()],
    metrics.map((metric) => column('metrics', metric)),
  )
  const decimals = new Map(
    metrics.map((metric) => [
      metric,
      columnDecimals([...runs.values()].map((run) => run.metrics.get(metric))),
    ]),
  )
  const columns = OTHER_COLUMNS + metrics.length
  if (versions.length === 0) return <Empty title={t('models.noVersions')}>{t('models.noVersionsHelp')}</Empty>
  return (
    <section className="panel" aria-label={t('models.versions')}>
      <header>
        <h2>
          {t('models.versions')}{' '}
          <span className="muted" role="status">
            {search ? `${found.length} / ${versions.length}` : versions.length}
          </span>
        </h2>
        <div className="actions">
          {versions.length > FEW && (
            <SearchField label={t('models.searchVersions')} value={search} onChange={setSearch} />
          )}
          <SaveTable
            name={`${name} ${t('models.versions')}`}
            table={async ({ signal }) =>
              downloadedVersions(found, aliases, shownMetrics(await loadRuns(client, ids)), t, signal)
            }
          />
        </div>
      </header>
      {found.length === 0 && <p className="body muted">{t('common.noMatch', { search })}</p>}
      <ScrollX>
        <table className="list versions" aria-rowcount={found.length + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">{t('models.version')}</th>
              <th scope="col">{t('models.aliases')}</th>
              {metrics.map((metric) => (
                <th scope="col" key={metric} className="number">
                  {metricLabel(metric)}
                </th>
              ))}
              <th scope="col">{t('models.fromRun')}</th>
              <th scope="col">{t('models.created')}</th>
            </tr>
          </thead>
          <tbody ref={body}>
            <RowSpace height={before} columns={columns} />
            {items.map(({ index, key }) => (
              <VersionRow
                key={key}
                name={name}
                version={found[index]!}
                aliases={aliasesOf(aliases, found[index]!.version)}
                run={runs.get(found[index]!.run_id)}
                metrics={metrics}
                scales={scales}
                decimals={decimals}
                index={index}
                measure={measure}
              />
            ))}
            <RowSpace height={after} columns={columns} />
          </tbody>
        </table>
      </ScrollX>
    </section>
  )
}

interface VersionRowProps {
  readonly name: string
  readonly version: ModelVersion
  readonly aliases: readonly string[]
  readonly run: RunRow | undefined
  readonly metrics: readonly string[]
  readonly scales: Scales
  readonly decimals: ReadonlyMap<string, number>
  readonly index: number
  readonly measure: (element: HTMLTableRowElement | null) => void
}

function VersionRow(props: VersionRowProps) {
  const { name, version, aliases, run, metrics, scales, decimals, index, measure } = props
  const format = useFormat()
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2}>
      <th scope="row">
        <Link to="/models/$name/versions/$version" params={{ name, version: version.version }}>
          v{version.version}
        </Link>
      </th>
      <td>
        <span className="chips">
          {aliases.map((alias) => (
            <AliasChip key={alias} alias={alias} />
          ))}
          {version.current_stage !== 'None' && <span className="chip">{version.current_stage}</span>}
        </span>
      </td>
      {metrics.map((metric) => (
        <td key={metric} className="number">
          <Figure {...{ run, metric, scales }} decimals={decimals.get(metric)} />
        </td>
      ))}
      <td>{run && <RunLink run={run} />}</td>
      <td className="muted">{format.ago(version.creation_timestamp)}</td>
    </tr>
  )
}

interface FigureProps extends Pick<VersionRowProps, 'run' | 'scales'> {
  readonly metric: string
  readonly decimals: number | undefined
}

function Figure({ run, metric, scales, decimals }: FigureProps) {
  const format = useFormat()
  const value = run?.metrics.get(metric)
  if (!run || value === undefined) return <span className="muted">–</span>
  const interval = intervalOf(run.metrics, metric)
  const range = scales.get(scaleKey(run, metric))
  return (
    <span className="figure">
      {interval && range && <CellWhisker value={value} interval={interval} range={range} />}
      <MetricNumber {...{ value, format, decimals }} />
    </span>
  )
}

const runIdsOf = (versions: readonly ModelVersion[]) => [
  ...new Set(versions.flatMap(({ run_id }) => run_id || [])),
]

/** The runs that the caller may see, by run id. */
function useRunsOf(ids: readonly string[]): ReadonlyMap<string, RunRow> {
  return useQueries({
    queries: ids.map((id) => ({ ...runQuery(id), select: toRow })),
    combine: (results) =>
      new Map(results.flatMap(({ data }): [string, RunRow][] => (data ? [[data.info.run_id, data]] : []))),
  })
}

/** The same runs, once they are loaded. */
async function loadRuns(client: QueryClient, ids: readonly string[]): Promise<RunRow[]> {
  const loads = await Promise.allSettled(ids.map((id) => client.ensureQueryData(runQuery(id))))
  return loads.flatMap((load) => (load.status === 'fulfilled' ? [toRow(load.value)] : []))
}
