import type { DatasetSummary } from '../api/datasets.js'
import type { DatasetInput, Run } from '../api/runs.js'

export interface UsedDataset {
  readonly name: string
  readonly digest: string
  readonly contexts: readonly string[]
}

/** One entry for each version of a dataset, with all contexts in which runs used it. */
export function groupDatasets(summaries: readonly DatasetSummary[]): UsedDataset[] {
  const versions = new Map<string, UsedDataset>()
  for (const { name, digest, context } of summaries) {
    const key = JSON.stringify([name, digest])
    const contexts = versions.get(key)?.contexts ?? []
    versions.set(key, {
      name,
      digest,
      contexts: context && !contexts.includes(context) ? [...contexts, context] : contexts,
    })
  }
  return [...versions.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** The filter of the runs that used a version. */
export const runsFilter = ({ name, digest }: UsedDataset) =>
  `datasets.name = '${name.replaceAll("'", '')}' AND datasets.digest = '${digest.replaceAll("'", '')}'`

const inputOf = (run: Run, { name, digest }: UsedDataset) =>
  run.inputs?.dataset_inputs?.find(({ dataset }) => dataset.name === name && dataset.digest === digest)

/** The input as a run logged it. */
export const firstInput = (runs: readonly Run[], used: UsedDataset): DatasetInput | undefined =>
  runs.map((run) => inputOf(run, used)).find((input) => input !== undefined)

/** The runs by the context in which they used the dataset; the empty string without one. */
export function runsByContext(runs: readonly Run[], used: UsedDataset): [context: string, runs: Run[]][] {
  const groups = new Map<string, Run[]>()
  for (const run of runs) {
    const context = inputOf(run, used)?.tags?.find(({ key }) => key === 'mlflow.data.context')?.value ?? ''
    groups.set(context, [...(groups.get(context) ?? []), run])
  }
  return [...groups]
}

export interface SchemaField {
  readonly name: string
  readonly type: string
}

/** The columns of a logged schema in MLflow's formats; empty if it has none. */
export function schemaFields(text: string | undefined): SchemaField[] {
  const { mlflow_colspec, mlflow_tensorspec, columns } = parseObject(text)
  const tensors = (mlflow_tensorspec as Record<string, unknown> | undefined)?.features
  const list = [mlflow_colspec, columns, tensors].find(Array.isArray) ?? []
  return list.flatMap((one: Record<string, unknown> | null) =>
    one && typeof one === 'object' ? [{ name: String(one.name ?? ''), type: String(one.type ?? '') }] : [],
  )
}

/** Figures of a profile that are plain values. */
export const profileEntries = (text: string | undefined): [string, string | number][] =>
  Object.entries(parseObject(text)).filter(
    (entry): entry is [string, string | number] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number',
  )

export interface DatasetSource {
  /** The address of the data, if the source names one. */
  readonly address: string | undefined
  /** The name of a table of the catalog, if the data come from one. */
  readonly table: string | undefined
}

const TABLE_KEYS = ['delta_table_name', 'table_name', 'table', 'name'] as const
const ADDRESS_KEYS = ['uri', 'url', 'path', 'location', 'delta_table_path'] as const
const TABLE = /^[^.\s/]+\.[^.\s/]+\.[^.\s/]+$/

export function sourceOf(text: string | undefined): DatasetSource {
  const source = parseObject(text)
  const textOf = (keys: readonly string[]) =>
    keys.map((key) => source[key]).find((value): value is string => typeof value === 'string' && value !== '')
  const table = textOf(TABLE_KEYS.filter((key) => TABLE.test(String(source[key] ?? ''))))
  return { address: textOf(ADDRESS_KEYS), table }
}

export function parseObject(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
