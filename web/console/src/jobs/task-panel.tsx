import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { RunTask, TaskProgress } from '../api/jobs.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { Iterations } from './iterations.js'
import { SweepPanel } from './sweep-panel.js'
import { TaskDetails } from './task-details.js'
import { TaskLog } from './task-log.js'
import { TaskOrigin } from './task-origin.js'
import { TaskOutputPanel } from './task-output.js'

const route = getRouteApi('/jobs/runs/$runId')
type View = 'log' | 'iterations' | 'output' | 'details'

interface TaskPanelProps {
  readonly runId: string
  readonly progress: TaskProgress
  /** Absent while it loads. */
  readonly task: RunTask | undefined
}

/** The chosen task of a run: its log, iterations, output and settings. */
export function TaskPanel({ runId, progress, task }: TaskPanelProps) {
  const { t } = useTranslation()
  const { panel, iteration } = route.useSearch()
  const navigate = useNavigate()
  const loop = task?.for_each_task
  const views: readonly View[] = loop ? ['iterations', 'output', 'details'] : ['log', 'output', 'details']
  const view = views.find((one) => one === panel) ?? views[0]!
  const show = (search: { panel?: View; iteration?: string }) =>
    void navigate({
      to: '/jobs/runs/$runId',
      params: { runId },
      search: { task: progress.task_key, ...search },
      replace: true,
      resetScroll: false,
    })
  const labelOf = (one: View) =>
    one === 'iterations' && loop?.sweep ? t('jobs.trials') : t(`jobs.view.${one}`)
  const iterations = task && {
    loop: task,
    isEnded: progress.state === 'TERMINATED',
    chosen: iteration === undefined ? undefined : Number(iteration),
    onChoose: (index: number) => show({ panel: 'iterations', iteration: String(index) }),
  }
  return (
    <div className="tab-panel">
      <Tabs<View>
        label={t('jobs.taskSections', { task: progress.task_key })}
        value={view}
        tabs={views.map((value) => ({ value, label: labelOf(value) }))}
        onChange={(value) => show({ panel: value })}
      />
      {progress.origin && (
        <p className="note">
          <TaskOrigin origin={progress.origin} />
        </p>
      )}
      <TabPanel value={view}>
        {view === 'log' && <TaskLog key={progress.task_key} runId={runId} task={progress.task_key} />}
        {view === 'iterations' &&
          iterations &&
          (loop?.sweep ? <SweepPanel {...iterations} sweep={loop.sweep} /> : <Iterations {...iterations} />)}
        {view === 'iterations' && iteration !== undefined && (
          <TaskLog
            key={`${progress.task_key} ${iteration}`}
            runId={String(task?.origin?.run_id ?? runId)}
            task={progress.task_key}
            iteration={Number(iteration)}
          />
        )}
        {view === 'output' && <TaskOutputPanel progress={progress} />}
        {view === 'details' && task && <TaskDetails task={task} />}
      </TabPanel>
    </div>
  )
}
