import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { RunTask, TaskProgress } from '../api/jobs.js'
import { TabPanel, Tabs } from '../ui/tabs.js'
import { Iterations } from './iterations.js'
import { TaskDetails } from './task-details.js'
import { TaskLog } from './task-log.js'
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
  const isLoop = task?.for_each_task !== undefined
  const views: readonly View[] = isLoop ? ['iterations', 'output', 'details'] : ['log', 'output', 'details']
  const view = views.find((one) => one === panel) ?? views[0]!
  const show = (search: { panel?: View; iteration?: string }) =>
    void navigate({
      to: '/jobs/runs/$runId',
      params: { runId },
      search: { task: progress.task_key, ...search },
      replace: true,
      resetScroll: false,
    })
  return (
    <div className="tab-panel">
      <Tabs<View>
        label={t('jobs.taskSections', { task: progress.task_key })}
        value={view}
        tabs={views.map((value) => ({ value, label: t(`jobs.view.${value}`) }))}
        onChange={(value) => show({ panel: value })}
      />
      <TabPanel value={view}>
        {view === 'log' && <TaskLog runId={runId} task={progress.task_key} />}
        {view === 'iterations' && task && (
          <Iterations
            loop={task}
            isEnded={progress.state === 'TERMINATED'}
            chosen={iteration === undefined ? undefined : Number(iteration)}
            onChoose={(index) => show({ panel: 'iterations', iteration: String(index) })}
          />
        )}
        {view === 'iterations' && iteration !== undefined && (
          <TaskLog key={iteration} runId={runId} task={progress.task_key} iteration={Number(iteration)} />
        )}
        {view === 'output' && <TaskOutputPanel progress={progress} />}
        {view === 'details' && task && <TaskDetails task={task} />}
      </TabPanel>
    </div>
  )
}
