import type { TFunction } from 'i18next'
import { batchesOf } from '../api/batches.js'
import type { ModelVersion } from '../api/models.js'
import { batchGetRuns } from '../api/runs.js'
import { compareMetricKeys, HEADLINE_METRICS, isOwnMetric, metricLabel } from '../metrics/metric-name.js'
import { type RunRow, runName, toRow } from '../runs/row.js'
import { type ColumnOf, type Table, tableOf, timeCell } from '../ui/table.js'
import { aliasesOf } from './queries.js'

/** Metrics of runs without headline metrics. */
const MAX_METRICS = 3

/** The metrics that the table shows of source runs: the headline metrics if any run has one, else the first ones. */
export function shownMetrics(runs: readonly RunRow[]): readonly string[] {
  const keys = new Set(runs.flatMap(({ metrics }) => [...metrics.keys()]))
  if (HEADLINE_METRICS.some((key) => keys.has(key))) return HEADLINE_METRICS
  return [...keys].filter(isOwnMetric).sort(compareMetricKeys).slice(0, MAX_METRICS)
}

type Aliases = readonly { readonly alias: string; readonly version: string }[]

/** The versions whose number, aliases, stage, description or tags contain a text; `v12` and `12` find the number. */
export function foundVersions(
  versions: readonly ModelVersion[],
  aliases: Aliases,
  search: string,
): readonly ModelVersion[] {
  const wanted = search.trim().toLowerCase()
  if (!wanted) return versions
  return versions.filter(({ version, current_stage, description = '', tags = [], run_id }) =>
    [
      ...[`v${version}`, current_stage ?? '', description, run_id],
      ...aliasesOf(aliases, version).map((alias) => `@${alias}`),
      ...tags.flatMap(({ key, value }) => [key, value ?? '']),
    ].some((text) => text.toLowerCase().includes(wanted)),
  )
}

/** The versions with the metrics of all source runs, also of those that the page has not loaded. @throws RequestError */
export async function downloadedVersions(
  versions: readonly ModelVersion[],
  aliases: Aliases,
  metrics: readonly string[],
  t: TFunction,
  signal: AbortSignal,
): Promise<Table> {
  const projection = { metrics: [...metrics], params: [], tags: [] }
  const ids = [...new Set(versions.flatMap(({ run_id }) => run_id || []))]
  const read = await Promise.all(batchesOf(ids).map((batch) => batchGetRuns(batch, projection, signal)))
  return tableOfVersions(
    versions,
    aliases,
    new Map(read.flat().map((run) => [run.info.run_id, toRow(run)])),
    metrics,
    t,
  )
}

export const tableOfVersions = (
  versions: readonly ModelVersion[],
  aliases: Aliases,
  runs: ReadonlyMap<string, RunRow>,
  metrics: readonly string[],
  t: TFunction,
): Table =>
  tableOf(versions, [
    [t('models.version'), ({ version }) => Number(version)],
    [t('models.aliases'), ({ version }) => aliasesOf(aliases, version).join(', ')],
    ...metrics.map(
      (metric): ColumnOf<ModelVersion> => [
        metricLabel(metric),
        ({ run_id }) => runs.get(run_id)?.metrics.get(metric),
      ],
    ),
    [
      t('models.fromRun'),
      ({ run_id }) => {
        const run = runs.get(run_id)
        return run ? runName(run.info) : run_id
      },
    ],
    [t('models.created'), ({ creation_timestamp }) => timeCell(creation_timestamp)],
  ])
