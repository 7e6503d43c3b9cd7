import type { TrackingClient } from '../tracking.js'

/** Rows by column name. */
export type Table = readonly Record<string, unknown>[]

/** The pandas `split` format that `mlflow.log_table` writes and MLflow's UI reads. */
export interface SplitTable {
  readonly columns: readonly string[]
  readonly data: readonly (readonly unknown[])[]
}

/** Tag that lists the tables for MLflow's UI. */
const LOGGED_ARTIFACTS_TAG = 'mlflow.loggedArtifacts'

export function checkTablePath(path: string): void {
  if (!path.endsWith('.json')) throw new TypeError(`A table's path must end in .json, got '${path}'`)
}

/** Appends rows; missing columns are filled with null on both sides. */
export function appendRows(before: SplitTable | undefined, rows: Table): SplitTable {
  const columns = [...new Set([...(before?.columns ?? []), ...rows.flatMap((row) => Object.keys(row))])]
  const old = (before?.data ?? []).map((row) => columns.map((_, index) => row[index] ?? null))
  return { columns, data: [...old, ...rows.map((row) => columns.map((column) => row[column] ?? null))] }
}

/** Appends rows to the table at `path` on the server and lists the table in the run's tag. */
export async function appendTable(
  client: TrackingClient,
  run: { readonly id: string; readonly artifactUri: string },
  path: string,
  rows: Table,
): Promise<void> {
  const { artifacts } = client
  const folder = path.split('/').slice(0, -1).join('/')
  const exists = (await artifacts.list(run.artifactUri, folder)).some((file) => file.path === path)
  const before = exists
    ? (JSON.parse(await artifacts.getText(run.artifactUri, path)) as SplitTable)
    : undefined
  await artifacts.put(run.artifactUri, path, JSON.stringify(appendRows(before, rows)))
  await addTablesToTag(client, run.id, [path])
}

/** Adds tables to the list in the run's tag, without duplicates. */
export async function addTablesToTag(
  { runs }: TrackingClient,
  runId: string,
  paths: readonly string[],
): Promise<void> {
  const tags = (await runs.get(runId)).data.tags ?? []
  const logged = JSON.parse(tags.find((tag) => tag.key === LOGGED_ARTIFACTS_TAG)?.value ?? '[]') as {
    path: string
  }[]
  const added = paths.filter((path) => !logged.some((entry) => entry.path === path))
  if (added.length === 0) return
  const value = JSON.stringify([...logged, ...added.map((path) => ({ path, type: 'table' }))])
  await runs.setTag(runId, { key: LOGGED_ARTIFACTS_TAG, value })
}
