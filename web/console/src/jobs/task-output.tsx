import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { exportNotebook, getTaskOutput, type TaskOutput, type TaskProgress } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { StateMessage } from '../server-words/server-message.js'
import { CodeBlock } from '../ui/copy.js'
import { Icon } from '../ui/icon.js'
import { fileNameOf, saveFile } from '../ui/save-file.js'
import { Failure, Skeleton } from '../ui/states.js'
import { QueryResult } from './query-result.js'
import { queryRowsOf } from './query-rows.js'

/** The values of a task, the output of its kind, and its error. */
export function TaskOutputPanel({ progress }: { progress: TaskProgress }) {
  const { t } = useTranslation()
  const heading = useId()
  const output = useQuery({
    queryKey: queryKeys.taskOutput(progress.task_run_id),
    queryFn: ({ signal }) => getTaskOutput(progress.task_run_id, signal),
  })
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.view.output')}</h2>
      </header>
      {output.isPending && <Skeleton lines={3} />}
      {output.isError && <Failure error={output.error} retry={() => void output.refetch()} />}
      {output.data && <Output output={output.data} progress={progress} />}
    </section>
  )
}

function NotebookButton({ task }: { task: TaskProgress }) {
  const { t } = useTranslation()
  const download = useMutation({
    mutationFn: async () => {
      const notebook = await exportNotebook(task.task_run_id)
      if (notebook !== undefined)
        saveFile(fileNameOf(task.task_key, 'notebook', 'ipynb'), notebook, 'application/x-ipynb+json')
    },
  })
  return (
    <>
      <div>
        <button
          type="button"
          className="button"
          disabled={download.isPending}
          onClick={() => download.mutate()}
        >
          <Icon name="download" />
          {t('jobs.downloadNotebook')}
        </button>
      </div>
      {download.isError && <Failure error={download.error} />}
    </>
  )
}

function Output({ output, progress }: { output: TaskOutput; progress: TaskProgress }) {
  const { t } = useTranslation()
  const { notebook_output, sql_output, run_job_output, error, error_trace } = output
  const all = output.node_task_output?.values ?? progress.values ?? {}
  const rows = sql_output && queryRowsOf(all)
  const values = rows ? [] : Object.entries(all)
  const query = sql_output?.query_output as { readonly query_text?: string } | undefined
  const isEmpty =
    values.length === 0 &&
    !output.has_notebook &&
    !notebook_output?.result &&
    !sql_output &&
    !run_job_output &&
    !error
  return (
    <div className="body stack">
      {isEmpty && <p className="muted">{t('jobs.noOutput')}</p>}
      {error && (
        <p className="problem">
          <StateMessage message={error} />
        </p>
      )}
      {error_trace && <CodeBlock code={error_trace} />}
      {progress.outcome && <p>{t('jobs.outcome', { outcome: progress.outcome })}</p>}
      {run_job_output && (
        <p>
          <Link to="/jobs/runs/$runId" params={{ runId: String(run_job_output.run_id) }}>
            {t('jobs.childRun', { id: run_job_output.run_id })}
          </Link>
        </p>
      )}
      {output.has_notebook && <NotebookButton task={progress} />}
      {notebook_output?.result && <CodeBlock code={notebook_output.result} />}
      {sql_output && <QueryResult text={query?.query_text} result={rows} />}
      {values.length > 0 && (
        <dl className="facts">
          {values.map(([name, value]) => (
            <div key={name} className="fact">
              <dt className="mono">{name}</dt>
              <dd className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}
