import { invalid } from '@cairn/platform/errors'
import { defineKind, handleOf } from '../../engine/task-kind.js'

/** Queries over governed tables in DuckDB. Their first rows become the values of the task. */
export const sqlKind = defineKind({
  name: 'sql_task',
  literal: ['query', 'file'],
  check({ query, file, alert, dashboard }, { job, where }) {
    if (alert) throw invalid(`${where}.alert is not supported.`)
    if (dashboard) throw invalid(`${where}.dashboard is not supported.`)
    if (query?.query_id !== undefined)
      throw invalid(
        `${where}.query.query_id is not supported: this server stores no queries; pass query_text.`,
      )
    if ((query?.query_text === undefined) === (file === undefined))
      throw invalid(`${where}: pass either query.query_text or file.`)
    if (file && !Object.hasOwn(job.files ?? {}, file.path))
      throw invalid(`${where}.file.path: '${file.path}' is not one of the job's files.`)
  },
  start({ query, file, parameters = {}, warehouse_id }, context) {
    const query_text = query?.query_text ?? context.job.files![file!.path]!
    context.setOutput({ sql_output: { query_output: { query_text, ...(warehouse_id && { warehouse_id }) } } })
    const work = async () => {
      const { runQuery } = await import('../sql/run-query.js')
      const { columns, rows, truncated } = await runQuery(query_text, parameters, context)
      context.log.info(`${rows.length} rows${truncated ? ', and more that are not kept' : ''}`)
      return { columns, rows, row_count: rows.length, truncated }
    }
    return handleOf(work())
  },
})
