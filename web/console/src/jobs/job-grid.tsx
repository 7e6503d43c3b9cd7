import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GridRun, GridTask, getJobGrid } from '../api/jobs.js'
import { formatDuration, useFormat } from '../i18n/format.js'
import { ScrollArea } from '../ui/scroll-area.js'
import { StatusMark } from '../ui/status.js'
import { GridLegend, ReusedMark } from './grid-legend.js'
import { gridOf, type JobGridModel } from './grid-model.js'
import { toneOf, useStateText } from './job-state.js'
import { durationOf, useRunText } from './run-marks.js'
import { originText } from './task-origin.js'

const BAR_PX = 56

type GridPages = InfiniteData<Awaited<ReturnType<typeof getJobGrid>>>

interface JobGridProps {
  readonly grid: UseInfiniteQueryResult<GridPages>
  /** Keys of the tasks of the job, in order. */
  readonly tasks: readonly string[]
}

/** Runs × tasks, the newest run on the right. Cells link to the log of the task in the run; arrow keys move between them. */
export function JobGrid({ grid, tasks }: JobGridProps) {
  const { t } = useTranslation()
  const heading = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const runs = (grid.data?.pages ?? []).flatMap((page) => page.runs)
  const model = gridOf(runs, tasks)
  const keys = useCellKeys(model.rows.length, model.runs.length)
  const newest = runs[0]?.run_id
  // biome-ignore lint/correctness/useExhaustiveDependencies: shows the newest run when one is added
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = scroller.current.scrollWidth
  }, [newest])
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('jobs.grid')}</h2>
        {grid.hasNextPage && (
          <button
            type="button"
            className="button small"
            disabled={grid.isFetchingNextPage}
            onClick={() => void grid.fetchNextPage()}
          >
            {t('jobs.olderRuns')}
          </button>
        )}
      </header>
      {runs.length === 0 ? (
        <p className="body muted">{t('jobs.noRunsOfJob')}</p>
      ) : (
        <ScrollArea className="grid-scroll" scroller={scroller}>
          {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys move between its cells */}
          <table role="grid" className="job-grid" aria-label={t('jobs.grid')} onKeyDown={keys.onKeyDown}>
            <GridHead model={model} keys={keys} />
            <tbody>
              {model.rows.map((row, index) => (
                <tr key={row.key}>
                  <th scope="row">
                    <span className="truncate" title={row.key}>
                      {row.key}
                    </span>
                  </th>
                  {row.cells.map((task, column) => (
                    <td key={model.runs[column]!.run_id}>
                      {task && (
                        <Cell run={model.runs[column]!} task={task} {...keys.propsOf(index + 1, column)} />
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollArea>
      )}
      {runs.length > 0 && <GridLegend runs={runs} />}
    </section>
  )
}

type CellKeys = ReturnType<typeof useCellKeys>

function GridHead({ model, keys }: { model: JobGridModel; keys: CellKeys }) {
  const { t } = useTranslation()
  const format = useFormat()
  const runText = useRunText()
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="muted">
            {model.longest > 0 && t('jobs.longest', { time: formatDuration(model.longest) })}
          </span>
        </th>
        {model.runs.map((run, column) => (
          <th key={run.run_id} scope="col">
            <Link
              to="/jobs/runs/$runId"
              params={{ runId: String(run.run_id) }}
              className={`run-bar ${toneOf(run.state, run.result)}`}
              aria-label={runText(run)}
              title={`${runText(run)} · ${format.time(run.start_time)}`}
              preload={false}
              {...keys.propsOf(0, column)}
            >
              <span style={{ height: Math.max(3, (durationOf(run) / (model.longest || 1)) * BAR_PX) }} />
            </Link>
          </th>
        ))}
      </tr>
    </thead>
  )
}

interface CellProps {
  readonly run: GridRun
  readonly task: GridTask
  readonly tabIndex: number
  readonly 'data-cell': string
}

function Cell({ run, task, ...focus }: CellProps) {
  const { t } = useTranslation()
  const stateText = useStateText()
  const time = task.ended_at && durationOf(task) > 0 ? `, ${formatDuration(durationOf(task))}` : ''
  const attempts = task.attempt > 1 ? `, ${t('jobs.attempt', { attempt: task.attempt })}` : ''
  const origin = task.origin
    ? `, ${originText(task.origin, t)}: ${t('jobs.originRun', { id: task.origin.run_id })}`
    : ''
  const label = `${task.task_key}, ${t('jobs.runNumber', { number: run.number_in_job })}: ${stateText(task.state, task.result)}${origin}${time}${attempts}`
  return (
    <Link
      to="/jobs/runs/$runId"
      params={{ runId: String(run.run_id) }}
      search={{ task: task.task_key }}
      aria-label={label}
      title={label}
      preload={false}
      {...focus}
    >
      {task.origin ? <ReusedMark /> : <StatusMark tone={toneOf(task.state, task.result)} />}
    </Link>
  )
}

/** One tab stop; arrow keys, Home and End move the focus over cells, past empty ones. */
function useCellKeys(rows: number, columns: number) {
  const [at, setAt] = useState<string>()
  const start = `0 ${columns - 1}`
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const [row, column] = ((event.target as HTMLElement).dataset.cell ?? '').split(' ').map(Number) as [
      number,
      number,
    ]
    const target = targetOf(event, row, column, rows, columns)
    if (!target) return
    event.preventDefault()
    setAt(target.dataset.cell)
    target.focus()
    target.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }
  const propsOf = (row: number, column: number) => {
    const cell = `${row} ${column}`
    return { 'data-cell': cell, tabIndex: cell === (at ?? start) ? 0 : -1, onFocus: () => setAt(cell) }
  }
  return { onKeyDown, propsOf }
}

function targetOf(
  event: KeyboardEvent<HTMLElement>,
  row: number,
  column: number,
  rows: number,
  columns: number,
) {
  const cell = (y: number, x: number) =>
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${y} ${x}"]`)
  const steps: Record<string, readonly [number, number, number, number]> = {
    ArrowRight: [row, column + 1, 0, 1],
    ArrowLeft: [row, column - 1, 0, -1],
    ArrowDown: [row + 1, column, 1, 0],
    ArrowUp: [row - 1, column, -1, 0],
    Home: [row, 0, 0, 1],
    End: [row, columns - 1, 0, -1],
  }
  const step = steps[event.key]
  if (!step || Number.isNaN(row)) return undefined
  const [fromRow, fromColumn, down, right] = step
  for (let y = fromRow, x = fromColumn; y >= 0 && y <= rows && x >= 0 && x < columns; y += down, x += right) {
    const found = cell(y, x)
    if (found) return found
  }
  return undefined
}
