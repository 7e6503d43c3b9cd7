import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { RunTask } from '../api/jobs.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { CodeBlock } from '../ui/copy.js'
import { kindOf } from './task-kind.js'
import { TaskOrigin } from './task-origin.js'

/** The settings that a task ran with, its attempts and times. */
export function TaskDetails({ task }: { task: RunTask }) {
  const { t } = useTranslation()
  const format = useFormat()
  const heading = useId()
  const kind = kindOf(task)
  const upstream = (task.depends_on ?? [])
    .map(({ task_key, outcome }) => (outcome ? `${task_key} (${outcome})` : task_key))
    .join(', ')
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('jobs.kind'), kind && t(`taskKind.${kind}`)],
    [t('jobs.dependsOn'), upstream || '–'],
    [t('jobs.runIf'), t(`runIf.${task.run_if as 'ALL_SUCCESS'}`)],
    [t('jobs.origin'), task.origin && <TaskOrigin key="origin" origin={task.origin} />],
    [t('jobs.attempts'), task.attempt_number + 1],
    [t('jobs.retries'), task.max_retries ?? 0],
    [t('jobs.timeout'), task.timeout_seconds ? formatDuration(task.timeout_seconds * 1_000) : undefined],
    [t('column.start_time'), task.start_time ? format.time(task.start_time) : '–'],
    [t('column.end_time'), task.end_time ? format.time(task.end_time) : '–'],
    [t('jobs.description'), task.description],
  ]
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.details')}</h2>
      </header>
      <div className="body stack">
        <dl className="facts">
          {facts.map(([name, value]) =>
            value === undefined || value === false ? null : (
              <div key={name} className="fact">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
          )}
        </dl>
        {kind && <CodeBlock code={JSON.stringify(task[kind], null, 2)} />}
      </div>
    </section>
  )
}
