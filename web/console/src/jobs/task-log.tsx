import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { getLogs, type TaskLogs, type TaskProgress } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { pollInterval } from '../app/query-client.js'
import { Failure, Skeleton } from '../ui/states.js'

const POLL_MS = 1_000
const NEAR_END_PX = 40

/** The log of a task. While the task runs, the view follows the end of the log unless the user scrolled up. */
export function TaskLog({ runId, task }: { runId: string; task: TaskProgress }) {
  const { t } = useTranslation()
  const heading = useId()
  const box = useRef<HTMLPreElement>(null)
  const logs = useLogs(runId, task.task_key)
  useFollowEnd(box, logs.data?.lines.length ?? 0)
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.logOf', { task: task.task_key })}</h2>
        {task.attempt > 1 && <span className="muted">{t('jobs.attempt', { attempt: task.attempt })}</span>}
      </header>
      {logs.isPending && <Skeleton lines={3} />}
      {logs.isError && <Failure error={logs.error} retry={() => void logs.refetch()} />}
      {logs.data?.lines.length === 0 && <p className="body muted">{t('jobs.noLog')}</p>}
      {logs.data && logs.data.lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
        <pre className="log" ref={box} tabIndex={0}>
          <Lines lines={logs.data.lines} />
        </pre>
      )}
    </section>
  )
}

function Lines({ lines }: { lines: TaskLogs['lines'] }) {
  return lines.map(({ line, time, level, message }) => (
    <span key={line} className={`log-line ${level.toLowerCase()}`}>
      <time>{new Date(time).toISOString().slice(11, 23)}</time>
      {`${message}\n`}
    </span>
  ))
}

/** Each poll fetches only new lines and appends them. */
function useLogs(runId: string, task: string) {
  const queries = useQueryClient()
  const queryKey = queryKeys.taskLog(runId, task)
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<TaskLogs> => {
      const before = queries.getQueryData<TaskLogs>(queryKey)
      const more = await getLogs(Number(runId), task, before?.next_offset ?? 0, signal)
      return { ...more, lines: [...(before?.lines ?? []), ...more.lines] }
    },
    refetchInterval: (query) => pollInterval(query, (data) => (data?.ended ? false : POLL_MS)),
    structuralSharing: false,
  })
}

function useFollowEnd(box: React.RefObject<HTMLElement | null>, lines: number) {
  const followed = useRef(0)
  useEffect(() => {
    const element = box.current
    if (!element || lines === followed.current) return
    const first = followed.current === 0
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX + 400
    followed.current = lines
    if (first || near) element.scrollTop = element.scrollHeight
  }, [box, lines])
}
