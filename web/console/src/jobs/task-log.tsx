import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskLogLine } from '../api/jobs.js'
import { Icon } from '../ui/icon.js'
import { saveFile } from '../ui/save-file.js'
import { Failure, Skeleton } from '../ui/states.js'
import { LogLines } from './log-lines.js'
import { LogSearch } from './log-search.js'
import { findMatches, plainText } from './log-text.js'
import { preparationsOf, withoutPreparation } from './preparation.js'
import { PreparationSteps } from './preparation-steps.js'
import { useTaskLog } from './use-task-log.js'

interface TaskLogProps {
  readonly runId: string
  readonly task: string
  /** The number of an iteration of a loop, from 0. */
  readonly iteration?: number | undefined
}

/** The log of a task, with search. While the task runs, the view follows its end unless the user scrolled up. */
export function TaskLog({ runId, task, iteration }: TaskLogProps) {
  const { t } = useTranslation()
  const heading = useId()
  const log = useTaskLog(runId, task, iteration)
  const [search, setSearch] = useState('')
  const [attempt, setAttempt] = useState<number>()
  const [current, setCurrent] = useState(0)
  const [toggled, setToggled] = useState<boolean>()
  const all = log.data?.lines ?? NO_LINES
  const attempts = useMemo(() => [...new Set(all.map((line) => line.attempt))], [all])
  const chosen = useMemo(
    () => (attempt === undefined ? all : all.filter((line) => line.attempt === attempt)),
    [all, attempt],
  )
  const hasEnded = log.data?.ended ?? false
  const preparations = useMemo(() => preparationsOf(all, hasEnded), [all, hasEnded])
  const shownPreparations = preparations.filter((one) => attempt === undefined || one.attempt === attempt)
  const own = useMemo(() => withoutPreparation(chosen), [chosen])
  const isOpen = search !== '' || (toggled ?? own.length === 0)
  const lines = isOpen ? chosen : own
  const matches = useMemo(() => findMatches(lines, search), [lines, search])
  const name = iteration === undefined ? task : `${task} [${iteration}]`
  return (
    <section className="panel task-log" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.logOf', { task: name })}</h2>
        {all.length > 0 && (
          <div className="log-tools">
            {attempts.length > 1 && (
              <AttemptChoice attempts={attempts} value={attempt} onChange={setAttempt} />
            )}
            <LogSearch
              search={search}
              matches={matches.length}
              current={Math.min(current, matches.length - 1)}
              onSearch={(text) => {
                setSearch(text)
                setCurrent(0)
              }}
              onMove={setCurrent}
            />
            <button
              type="button"
              className="button ghost icon-only"
              aria-label={t('jobs.downloadLog')}
              title={t('jobs.downloadLog')}
              onClick={() => saveFile(`${name}.log`, textOf(chosen), 'text/plain')}
            >
              <Icon name="download" />
            </button>
          </div>
        )}
      </header>
      {log.isPending && <Skeleton lines={3} />}
      {log.isError && <Failure error={log.error} retry={() => void log.refetch()} />}
      {log.data && all.length === 0 && <p className="body muted">{t('jobs.noLog')}</p>}
      {shownPreparations.length > 0 && (
        <PreparationSteps
          preparations={shownPreparations}
          isOpen={isOpen}
          onToggle={search === '' ? () => setToggled(!isOpen) : undefined}
        />
      )}
      {lines.length > 0 && <LogLines lines={lines} matches={matches} current={matches[current]} />}
    </section>
  )
}

const NO_LINES: readonly TaskLogLine[] = []

const textOf = (lines: readonly TaskLogLine[]) =>
  lines.map(({ time, message }) => `${new Date(time).toISOString()} ${plainText(message)}\n`).join('')

interface AttemptChoiceProps {
  readonly attempts: readonly number[]
  readonly value: number | undefined
  readonly onChange: (attempt: number | undefined) => void
}

function AttemptChoice({ attempts, value, onChange }: AttemptChoiceProps) {
  const { t } = useTranslation()
  return (
    <select
      className="select"
      aria-label={t('jobs.attempts')}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
    >
      <option value="">{t('jobs.allAttempts', { count: attempts.length })}</option>
      {attempts.map((attempt) => (
        <option key={attempt} value={attempt}>
          {t('jobs.attempt', { attempt })}
        </option>
      ))}
    </select>
  )
}
