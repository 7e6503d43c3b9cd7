import type { Config } from '@cairn/platform/config'
import { ApiError, invalid } from '@cairn/platform/errors'
import type { TaskKinds } from '@cairn/platform/protocol/databricks/task-settings'
import type { TaskFiles } from '../../files/task-files.js'
import type { ProcessServices } from '../../processes/process-attempt.js'
import { type AttemptContext, requireServices } from '../../task-kinds/task.js'
import { type CheckedTask, defineKind, handleOf } from '../../task-kinds/task-kind.js'
import { withQueryUser } from '../sql/query-user.js'

const MAX_TEXT = 100_000

/** Queries over governed tables in DuckDB. Their first rows become the values of the task. */
export const sqlKind = ({ processes, files }: ProcessServices, config: Config) =>
  defineKind({
    name: 'sql_task',
    literal: ['query', 'file'],
    code: ({ file }) => (file ? [file.path] : []),
    check({ query, file, alert, dashboard }, checked) {
      const { where } = checked
      if (alert) throw invalid(`${where}.alert is not supported.`)
      if (dashboard) throw invalid(`${where}.dashboard is not supported.`)
      if (query?.query_id !== undefined)
        throw invalid(
          `${where}.query.query_id is not supported: this server stores no queries; pass query_text.`,
        )
      if ((query?.query_text === undefined) === (file === undefined))
        throw invalid(`${where}: pass either query.query_text or file.`)
      if (query?.query_text !== undefined && query.query_text.length > MAX_TEXT)
        throw invalid(
          `${where}.query.query_text has ${query.query_text.length} characters; the limit is ${MAX_TEXT}.`,
        )
      if (file) checkQueryFile(file, checked, files)
    },
    start({ query, file, parameters = {}, warehouse_id }, context) {
      const work = async () => {
        const query_text = query?.query_text ?? (await readQuery(file!.path, files, context))
        context.setOutput({
          sql_output: { query_output: { query_text, ...(warehouse_id && { warehouse_id }) } },
        })
        const { runQuery } = await import('../sql/run-query.js')
        const { columns, rows, truncated } = await withQueryUser(
          { processes, config },
          context.writer,
          `tasks: '${context.taskKey}'`,
          (user) => runQuery({ text: query_text, parameters }, requireServices(context), user),
        )
        context.log.info(
          `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${truncated ? ', and more that are not stored' : ''}`,
        )
        return { columns, rows, row_count: rows.length, truncated }
      }
      return handleOf(work().catch(throwNamed))
    },
  })

/** Adds the field that is wrong to the message of a query: statements of callers have the same messages without it. */
function throwNamed(error: unknown): never {
  if (error instanceof ApiError && error.code === 'INVALID_PARAMETER_VALUE')
    throw new ApiError(error.code, `sql_task: ${error.message}`, { cause: error })
  throw error
}

/** @throws INVALID_PARAMETER_VALUE */
function checkQueryFile(
  { path, source }: NonNullable<TaskKinds['sql_task']['file']>,
  { job, task, where }: CheckedTask,
  files: TaskFiles,
) {
  if (source === 'GIT') throw invalid(`${where}.file.source: GIT is not supported.`)
  files.check(path, job, `${where}.file.path`)
  // The tables of a query are inputs of its cache, and only these texts are known before the task starts.
  if (task.cache?.enabled && !Object.hasOwn(job.files ?? {}, path))
    throw invalid(`${where}.file.path: a query with a cache must be query_text or one of the job's files.`)
}

/** @throws INVALID_PARAMETER_VALUE for a large file; RESOURCE_DOES_NOT_EXIST or PERMISSION_DENIED */
async function readQuery(path: string, files: TaskFiles, context: AttemptContext): Promise<string> {
  const bytes = await files.read(path, context)
  if (Object.hasOwn(context.job.files ?? {}, path)) return Buffer.from(bytes).toString()
  // Decoding a file of hundreds of megabytes would delay other requests.
  const text = bytes.byteLength <= 4 * MAX_TEXT ? Buffer.from(bytes).toString() : undefined
  if (text !== undefined && text.length <= MAX_TEXT) return text
  throw invalid(`'${path}' has ${bytes.byteLength} bytes; the limit of a query is ${MAX_TEXT} characters.`)
}
