import { readDelta } from '@cairn/platform/tables/delta'
import { withDuckDb } from '@cairn/platform/tables/duckdb'
import { scanDelta } from '@cairn/platform/tables/scan'
import { commitTable, discardTable, type StagedTable, stageTable } from '@cairn/platform/tables/write'
import type { TaskContext, TaskValues } from '../../engine/task.js'
import { type ImportResult, importMovieLens } from '../../movielens/import.js'
import type { ImportProgress } from '../../movielens/progress.js'
import { ensureSchema } from './ensure.js'
import { openTarget, publish, type Target } from './governed-table.js'

interface Source {
  readonly schema: string
  readonly source: string
  readonly imdb?: string
}

const COMMENTS = {
  ratings: 'Who rated which film how, from half a star to five, and when',
  movies: 'Films with their title, year and genres',
  links: 'The ids of films at IMDb and TMDB, as text',
  tags: 'Words that users put on films',
} as const

/**
 * The import as the catalog's client: nothing is written to a place that the catalog did not open for this principal,
 * and a table shows its new content only when all are written.
 */
export async function importGoverned(context: TaskContext, source: Source): Promise<TaskValues> {
  const { client, services, log, signal } = context
  const { schema } = source
  await ensureSchema(client, schema, 'MovieLens')
  const first = await openTarget(client, services.blobs, `${schema}.ratings`) // refused now rather than after the work
  const location = `imports/${context.taskRunId}`
  const result = await importMovieLens({
    ...source,
    blobs: services.blobs,
    location,
    signal,
    onProgress: (now) => context.progress(shown(now)),
  })
  log.info(`${result.edition}: ${result.tables.map((table) => `${table.rows} ${table.name}`).join(', ')}`)
  if (result.rejectFile) log.warn(`${result.rejected} rows do not parse; they are in ${result.rejectFile}`)
  const tables = await takeOver(context, schema, location, result, first)
  return {
    edition: result.edition,
    rejected: result.rejected,
    ...(result.rejectFile && { reject_file: result.rejectFile }),
    tables,
  }
}

/** Moves what was imported into the managed tables; all are staged before the first is committed. */
async function takeOver(
  { client, services, signal, progress }: TaskContext,
  schema: string,
  location: string,
  result: ImportResult,
  first: Target,
): Promise<Record<string, number>> {
  const { blobs } = services
  const staged: { name: keyof typeof COMMENTS; target: Target; table: StagedTable }[] = []
  try {
    for (const [done, { name }] of result.tables.entries()) {
      progress({ done, total: result.tables.length, unit: 'tables', message: `${schema}.${name}` })
      const target = name === 'ratings' ? first : await openTarget(client, blobs, `${schema}.${name}`)
      const snapshot = await readDelta(blobs, `${location}/${name}`)
      const select = `select * from ${await scanDelta(blobs, `${location}/${name}`, snapshot)}`
      const table = await withDuckDb(
        (connection) => stageTable(blobs, target.key, { connection, select, signal }),
        {
          signal,
        },
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

const shown = ({ phase, name, done, total, unit }: ImportProgress) => ({
  done,
  ...(total > 0 && { total }),
  unit,
  message: `${phase} ${name}`,
})
