import { useTranslation } from 'react-i18next'
import type { RunTask } from '../api/jobs.js'
import { StateMessage } from '../server-words/server-message.js'

/** The number of ended iterations and the most frequent errors. */
export function LoopProgress({ loop }: { loop: RunTask }) {
  const { t } = useTranslation()
  const stats = loop.for_each_task?.stats
  if (!stats) return null
  const {
    total_iterations: total,
    succeeded_iterations: succeeded,
    failed_iterations: failed,
    pruned_iterations: pruned = 0,
  } = stats.task_run_stats
  const percent = (count: number) => `${(count / Math.max(1, total)) * 100}%`
  const counts = { done: succeeded + pruned + failed, total, failed, pruned }
  const text = loop.for_each_task?.sweep ? t('jobs.sweepProgress', counts) : t('jobs.loopProgress', counts)
  return (
    <div className="body loop-progress">
      <div className="loop-bar" role="img" aria-label={text}>
        <span className="ok" style={{ width: percent(succeeded) }} />
        <span className="pruned" style={{ width: percent(pruned) }} />
        <span className="bad" style={{ width: percent(failed) }} />
      </div>
      <span className="muted">{text}</span>
      {stats.error_message_stats?.map(({ count, error_message }) => (
        <p key={error_message} className="problem">
          {count} × <StateMessage message={error_message} />
        </p>
      ))}
    </div>
  )
}
