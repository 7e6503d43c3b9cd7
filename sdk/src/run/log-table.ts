import type { TrackingClient } from '../tracking.js'

/** Rows with the same fields. */
export type Table = readonly Record<string, unknown>[]

/** pandas' `split` form, in which `mlflow.log_table` writes and MLflow's UI reads. */
export interface SplitTable {
  readonly columns: readonly string[]
  readonly data: readonly (readonly unknown[])[]
}

const TAG = 'mlflow.loggedArtifacts'

export function checkTablePath(path: string): void {
  if (!path.endsWith('.json')) throw new TypeError(`A table's path ends in .json, got '${path}'`)
}

/** Adds rows; columns that only one side has are null in the rows of the other. */
export function addRows(before: SplitTable | undefined, rows: Table): SplitTable {
  const columns = [...new Set([...(before?.columns ?? []), ...rows.flatMap((row) => Object.keys(row))])]
  const old = (before?.data ?? []).map((row) => columns.map((_, index) => row[index] ?? null))
  return { columns, data: [...old, ...rows.map((row) => columns.map((column) => row[column] ?? null))] }
}

/** Appends to the file at `path` on the server and names it in the tag that MLflow's UI reads. */
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
  await artifacts.put(run.artifactUri, path, JSON.stringify(addRows(before, rows)))
  await nameTables(client, run.id, [path])
}

/** Adds tables to the list of a run's tag; those it names already stay once. */
export async function nameTables(
  { runs }: TrackingClient,
  runId: string,
  paths: readonly string[],
): Promise<void> {
  const tags = (await runs.get(runId)).data.tags ?? []
  const logged = JSON.parse(tags.find((tag) => tag.key === TAG)?.value ?? '[]') as { path: string }[]
  const added = paths.filter((path) => !logged.some((entry) => entry.path === path))
  if (added.length === 0) return
  const value = JSON.stringify([...logged, ...added.map((path) => ({ path, type: 'table' }))])
  await runs.setTag(runId, { key: TAG, value })
}
