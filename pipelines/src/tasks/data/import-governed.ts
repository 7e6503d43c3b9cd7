import { readDelta } from '@cairn/platform/tables/delta'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { openWriteTarget, publish, type WriteTarget } from '@cairn/platform/tables/governed-table'
import { scanDelta } from '@cairn/platform/tables/scan'
import { commitTable, discardTable, type StagedTable, stageTable } from '@cairn/platform/tables/write'
import { type ImportResult, importMovieLens } from '../../movielens/import.js'
import type { ImportPaths } from '../../movielens/import-paths.js'
import type { ImportProgress } from '../../movielens/progress.js'
import type { TaskContext, TaskValues } from '../../task-kinds/task.js'
import { ensureSchema } from './ensure.js'

interface ImportParameters {
  readonly schema: string
  readonly source: string
  readonly imdb?: string
  readonly paths: ImportPaths
}

const COMMENTS = {
  ratings: 'Ratings of films by users, from 0.5 to 5 stars, with time',
  movies: 'Films with title, year and genres',
  links: 'IDs of films at IMDb and TMDB, as text',
  tags: 'Tags that users added to films',
} as const

/**
 * Imports as a client of the catalog: writes only to locations that the catalog opened for this principal, and shows new
 * contents only after all tables are written.
 */
export async function importGoverned(
  context: TaskContext,
  parameters: ImportParameters,
): Promise<TaskValues> {
  const { client, services, log, signal } = context
  const { schema } = parameters
  await ensureSchema(client, schema, 'MovieLens')
  // Opened first, so that a missing privilege is reported before the import.
  const ratings = await openWriteTarget(client, services.blobs, `${schema}.ratings`)
  const location = `imports/${context.taskRunId}`
  const result = await importMovieLens({
    ...parameters,
    blobs: services.blobs,
    location,
    signal,
    onProgress: (progress) => context.progress(toTaskProgress(progress)),
  })
  log.info(`${result.edition}: ${result.tables.map((table) => `${table.rows} ${table.name}`).join(', ')}`)
  if (result.rejectFile)
    log.warn(`${result.rejected} invalid rows were skipped; they are listed in ${result.rejectFile}`)
  const tables = await copyToManaged(context, { schema, location, result, ratings })
  return {
    edition: result.edition,
    rejected: result.rejected,
    ...(result.rejectFile && { reject_file: result.rejectFile }),
    tables,
  }
}

interface Copy {
  readonly schema: string
  /** The key prefix of the imported tables. */
  readonly location: string
  readonly result: ImportResult
  readonly ratings: WriteTarget
}

/** Copies the imported rows to the managed tables; all are staged before the first is committed. */
async function copyToManaged(
  { client, services, signal, progress }: TaskContext,
  { schema, location, result, ratings }: Copy,
): Promise<Record<string, number>> {
  const { blobs } = services
  const staged: { name: keyof typeof COMMENTS; target: WriteTarget; table: StagedTable }[] = []
  try {
    for (const [done, { name }] of result.tables.entries()) {
      progress({ done, total: result.tables.length, unit: 'tables', message: `${schema}.${name}` })
      const target = name === 'ratings' ? ratings : await openWriteTarget(client, blobs, `${schema}.${name}`)
      const snapshot = await readDelta(blobs, `${location}/${name}`)
      const select = `select * from ${await scanDelta(blobs, `${location}/${name}`, snapshot)}`
      const table = await withDuckDb(
        (connection) => stageTable(blobs, target.key, { connection, select, signal }),
        { signal },
      )
      staged.push({ name, target, table })
    }
  } catch (error) {
    for (const { table } of staged) await discardTable(blobs, table)
    throw error
  }
  for (const { name, target, table } of staged) {
    const written = await commitTable(blobs, table, 'overwrite')
    await publish(client, target, written, { comment: COMMENTS[name], source: `MovieLens ${result.edition}` })
    await blobs.delete(`${location}/${name}`)
  }
  progress({ done: staged.length, total: staged.length, unit: 'tables', message: schema })
  return Object.fromEntries(staged.map(({ name, table }) => [`${schema}.${name}`, table.rows]))
}

const toTaskProgress = ({ phase, name, done, total, unit }: ImportProgress) => ({
  done,
  ...(total > 0 && { total }),
  unit,
  message: `${phase} ${name}`,
})
