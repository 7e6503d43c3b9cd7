import type { Config } from '@cairn/platform/config'
import { invalid } from '@cairn/platform/errors'
import { type UnprivilegedUser, unprivilegedUser } from '@cairn/platform/processes/unprivileged-user'
import type { TaskProcesses } from '../../processes/task-processes.js'
import { type AttemptContext, requireServices } from '../../task-kinds/task.js'
import { defineKind, handleOf } from '../../task-kinds/task-kind.js'

const MAX_TEXT = 100_000

/** Queries over governed tables in DuckDB. Their first rows become the values of the task. */
export const sqlKind = (processes: TaskProcesses, config: Config) =>
  defineKind({
    name: 'sql_task',
    literal: ['query', 'file'],
    code: ({ file }) => (file ? [file.path] : []),
    check({ query, file, alert, dashboard }, { job, where }) {
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
      if (file && !Object.hasOwn(job.files ?? {}, file.path))
        throw invalid(`${where}.file.path: '${file.path}' is not one of the job's files.`)
    },
    start({ query, file, parameters = {}, warehouse_id }, context) {
      const query_text = query?.query_text ?? context.job.files![file!.path]!
      context.setOutput({
        sql_output: { query_output: { query_text, ...(warehouse_id && { warehouse_id }) } },
      })
      const work = async () => {
        const { runQuery } = await import('../sql/run-query.js')
        const { columns, rows, truncated } = await withUser(processes, config, context, (user) =>
          runQuery({ text: query_text, parameters }, requireServices(context), user),
        )
        context.log.info(`${rows.length} rows${truncated ? ', and more that are not stored' : ''}`)
        return { columns, rows, row_count: rows.length, truncated }
      }
      return handleOf(work())
    },
  })

/** As root, runs the process as a user of tasks, or as the user of models on a server that does not run code of jobs. */
async function withUser<T>(
  processes: TaskProcesses,
  { python_user }: Config,
  { writer, taskKey }: AttemptContext,
  work: (user: UnprivilegedUser | undefined) => Promise<T>,
): Promise<T> {
  if (process.getuid?.() !== 0 || !processes.isEnabled) return work(unprivilegedUser(python_user))
  const lease = await processes.acquireUser(writer, `tasks: '${taskKey}'`)
  try {
    return await work(lease?.user)
  } finally {
    await lease?.release()
  }
}
