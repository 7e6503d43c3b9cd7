import { createHash } from 'node:crypto'
import { ApiError } from '@cairn/platform/errors'
import { openTable } from '@cairn/platform/tables/governed-table'
import { canonicalJson } from '../canonical-json.js'
import type { ClaimedAttempt } from '../engine/attempts.js'
import { variablesOf } from '../engine/environment-variables.js'
import { resolveReferences, withoutLiterals } from '../engine/references.js'
import type { KindOfTask } from '../engine/registry.js'
import { jobOf, settingsOf } from '../engine/run-rows.js'
import { createLookup, valuesByTask } from '../engine/run-values.js'
import type { ReadingContext, TaskFiles } from '../files/task-files.js'
import { isFileLine } from '../requirements/requirement-line.js'
import { tableVersions } from '../triggers/table-versions.js'
import { tableNames } from './sql-tables.js'

type ServerReading = ReadingContext & Required<Pick<ReadingContext, 'services'>>

/** Changes when tasks get other inputs than before. */
const VERSION = 1

/**
 * A digest of everything that a task computes from: its settings with the values of references, the values of upstream tasks
 * and the parameters of the job, which code may read by itself, its environment variables, files and packages, the versions of its tables, and the
 * principal that it acts as. Results are shared within one job, or among the one-time runs of a principal.
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
  const resolved = resolveReferences(withoutLiterals(settings, kind), createLookup(claimed, values), kind)
  const all = { ...settings, ...(resolved as object) }
  const environment = job.environments?.find((one) => one.environment_key === environment_key)
  const lines = environment?.spec?.dependencies ?? []
  const paths = [
    ...kind.code!(all as typeof settings)!,
    ...(libraries ?? []).flatMap(({ whl, requirements }) => whl ?? requirements ?? []),
    ...lines.filter(isFileLine),
  ]
  const queried = tableNames(job, settingsOf(run, task))
  return digest(
    canonicalJson({
      ...{ VERSION, kind: kind.name, settings: all, task_key: task.task_key, input: task.input, values },
      scope: run.job_id ?? run.principal_id,
      principal: context.principal.id,
      parameters: JSON.parse(run.parameters) as unknown,
      ...{
        files: job.files,
        variables: variablesOf(job, settingsOf(run, task)),
        experiment: job.tags?.['cairn.experiment'],
        libraries,
        lines,
      },
      python: kind.usesPython && context.services.config.task_python,
      code: await contentsOf(paths, context, files),
      tables: await statesOf(cache?.tables ?? [], context),
      queried: await statesOf(queried, context, unlessUnknown),
    }),
  )
}

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

async function contentsOf(paths: readonly string[], context: ReadingContext, files: TaskFiles) {
  const contents: Record<string, string> = {}
  for (const path of paths) contents[path] = digest(await files.read(path, context))
  return contents
}

/** A table that was created again is another one, whatever its version. */
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

/** A name in a query that is no table may be a member of a struct. */
function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof ApiError) || error.statusCode !== 404) throw error
}
