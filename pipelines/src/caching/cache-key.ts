import { createHash } from 'node:crypto'
import { ApiError, invalid } from '@cairn/platform/errors'
import { openTable } from '@cairn/platform/tables/governed-table'
import { canonicalJson } from '../canonical-json.js'
import type { ClaimedAttempt } from '../engine/attempts.js'
import { addChunks } from '../files/hash-chunks.js'
import { MAX_FILE_BYTES, type ReadingContext, type TaskFiles } from '../files/task-files.js'
import { variablesOf } from '../flow/environment-variables.js'
import { resolveReferences, withoutLiterals } from '../flow/references.js'
import { jobOf, settingsOf } from '../flow/run-rows.js'
import { createLookup, valuesByTask } from '../flow/run-values.js'
import { isFileLine, linesOf } from '../requirements/requirement-line.js'
import type { KindOfTask } from '../task-kinds/registry.js'
import { tableVersions } from '../triggers/table-versions.js'
import { tableNames } from './sql-tables.js'

type ServerReading = ReadingContext & Required<Pick<ReadingContext, 'services'>>

/** Increase it when the digest gets other contents. */
const VERSION = 2

/**
 * A digest of everything that a task computes from, including values that its code may read and the versions of tables. Results are
 * shared within a job, or among the one-time runs of a principal.
 *
 * @param claimed with the values of all upstream tasks
 * @throws for a file or table that the principal cannot read, and for a reference without a value
 */
export async function cacheKey(
  claimed: ClaimedAttempt,
  { kind, settings }: KindOfTask,
  context: ServerReading,
  files: TaskFiles,
): Promise<string> {
  const { run, task } = claimed
  const { cache, libraries, environment_key } = settingsOf(run, task)
  const job = jobOf(run)
  const values = valuesByTask(claimed.outputs)
  const lookup = createLookup(claimed, values)
  const resolved = resolveReferences(withoutLiterals(settings, kind), lookup, kind)
  const all = { ...settings, ...(resolved as object) }
  const environment = job.environments?.find((one) => one.environment_key === environment_key)
  const lines = environment?.spec?.dependencies ?? []
  const paths = [
    ...kind.code!(all as typeof settings)!,
    ...(libraries ?? []).flatMap(({ whl }) => whl ?? []),
    ...lines.filter(isFileLine),
  ]
  const lists = (libraries ?? []).flatMap(({ requirements }) => requirements ?? [])
  const queried = tableNames(job, settingsOf(run, task))
  return digest(
    canonicalJson({
      ...{ VERSION, kind: kind.name, settings: all, task_key: task.task_key, input: task.input, values },
      scope: run.job_id ?? run.principal_id,
      principal: context.principal.id,
      parameters: JSON.parse(run.parameters) as unknown,
      ...{
        files: job.files,
        variables: resolveReferences(variablesOf(job, settingsOf(run, task)), lookup, {}),
        experiment: job.tags?.['cairn.experiment'],
        libraries,
        lines,
      },
      python: kind.usesPython && context.services.config.task_python,
      code: await contentsOf({ paths, lists }, context, files),
      tables: await statesOf(cache?.tables ?? [], context),
      queried: await statesOf(queried, context, undefinedIfUnknown),
    }),
  )
}

const digest = (content: string) => createHash('sha256').update(content).digest('hex')

interface FilesOfTask {
  readonly paths: readonly string[]
  /** Each a `requirements.txt`, which may name further files. */
  readonly lists: readonly string[]
}

/** @throws INVALID_PARAMETER_VALUE for files that take too long to read */
async function contentsOf({ paths, lists }: FilesOfTask, context: ReadingContext, files: TaskFiles) {
  const contents: Record<string, string> = {}
  let total = 0
  const add = async (path: string) => {
    context.signal.throwIfAborted()
    const bytes = await files.read(path, context)
    total += bytes.length
    if (total > MAX_FILE_BYTES)
      throw invalid(`The files of the task have more than ${MAX_FILE_BYTES / 1024 ** 2} MB in all.`)
    const hash = createHash('sha256')
    await addChunks(hash, bytes)
    contents[path] = hash.digest('hex')
    return bytes
  }
  for (const path of paths) await add(path)
  for (const path of lists)
    for (const line of linesOf(await add(path)).filter(isFileLine)) if (!contents[line]) await add(line)
  return contents
}

/** Includes the location, because a table that was created again may have the same version. */
async function statesOf(
  names: readonly string[],
  { client, services: { blobs } }: ServerReading,
  onError: (error: unknown) => undefined = (error) => {
    throw error
  },
) {
  const stateOf = async (name: string) => {
    const { key } = await openTable(client, blobs, name)
    return { key, ...(await tableVersions(client, blobs, [name])) }
  }
  const states: Record<string, object | undefined> = {}
  for (const name of names) states[name] = await stateOf(name).catch(onError)
  return states
}

/** A query may name members of a struct, which are not tables. */
function undefinedIfUnknown(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.statusCode !== 404) throw error
}
