import { useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { JobRunProgress } from '../api/jobs.js'
import { formatDuration } from '../i18n/format.js'
import { StateMessage } from '../server-words/server-message.js'
import { StatusMark } from '../ui/status.js'
import { JobState, toneOf } from './job-state.js'
import { type Bar, ticksOf, timelineOf } from './timeline.js'
import { useProgressText } from './use-progress-text.js'

interface TaskTimelineProps {
  readonly run: JobRunProgress
  readonly chosen: string | undefined
  readonly onChoose: (task: string) => void
}

/** One row per task with its state, a bar on the time axis and its progress. Clicking a row shows its log. */
export function TaskTimeline({ run, chosen, onChoose }: TaskTimelineProps) {
  const { t } = useTranslation()
  const heading = useId()
  const list = useRef<HTMLOListElement>(null)
  const timeline = timelineOf(run, Date.now())
  // Scrolls the list, not the page.
  useEffect(() => {
    const line =
      chosen === undefined ? null : list.current?.querySelector('[aria-pressed=true]')?.parentElement
    if (list.current && line) list.current.scrollTop = line.offsetTop - list.current.clientHeight / 2
  }, [chosen])
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.timeline')}</h2>
        <span className="muted">{formatDuration(timeline.span)}</span>
      </header>
      <div className="timeline">
        <Axis span={timeline.span} />
        <ol ref={list}>
          {timeline.bars.map((bar) => (
            <TaskLine
              key={bar.task.task_key}
              bar={bar}
              chosen={bar.task.task_key === chosen}
              onChoose={() => onChoose(bar.task.task_key)}
            />
          ))}
        </ol>
      </div>
    </section>
  )
}

function Axis({ span }: { span: number }) {
  return (
    <div className="axis" aria-hidden="true">
      {ticksOf(span).map((tick) => (
        <span key={tick} style={{ insetInlineStart: `${(tick / span) * 100}%` }}>
          {formatDuration(tick)}
        </span>
      ))}
    </div>
  )
}

function TaskLine({ bar, chosen, onChoose }: { bar: Bar; chosen: boolean; onChoose: () => void }) {
  const progressText = useProgressText()
  const { task, left, width, done } = bar
  const tone = toneOf(task.state, task.result)
  const message = task.message ?? progressText(task)
  return (
    <li>
      <button type="button" className="task-line" aria-pressed={chosen} onClick={onChoose}>
        <span className="task-name">
          <StatusMark tone={tone} />
          <span className="truncate">{task.task_key}</span>
          <span className="visually-hidden">
            <JobState state={task.state} result={task.result} />
          </span>
        </span>
        <span className="track">
          {left !== undefined && (
            <span className={`bar ${tone}`} style={{ insetInlineStart: `${left}%`, width: `${width}%` }}>
              {done !== undefined && <span className="done" style={{ width: `${done * 100}%` }} />}
            </span>
          )}
        </span>
        <span className="task-time number">{timeOf(bar)}</span>
        <small className="muted truncate" title={message}>
          {message ? (
            <StateMessage message={message} />
          ) : left === undefined && task.depends_on.length > 0 ? (
            `← ${task.depends_on.join(', ')}`
          ) : (
            ''
          )}
        </small>
      </button>
    </li>
  )
}

/** Units of the tasks that Cairn has. */
const timeOf = ({ task }: Bar) =>
  task.started_at === undefined ? '' : formatDuration((task.ended_at ?? Date.now()) - task.started_at)
