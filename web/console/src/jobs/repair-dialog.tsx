import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type JobRun, type JobRunProgress, repairRun, type TaskProgress } from '../api/jobs.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { JobState } from './job-state.js'
import { TaskChoice } from './task-choice.js'

interface RepairDialogProps {
  readonly progress: JobRunProgress
  readonly run: JobRun | undefined
  readonly onDone: () => Promise<unknown>
  readonly onClose: () => void
}

/** Chooses the tasks that run again; those that did not succeed are chosen at first. */
export function RepairDialog({ progress, run, onDone, onClose }: RepairDialogProps) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<readonly string[]>(() =>
    progress.tasks.filter(isUnfinished).map(({ task_key }) => task_key),
  )
  const [withDependents, setWithDependents] = useState(true)
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const repair = useMutation({
    mutationFn: () =>
      repairRun(progress.run_id, {
        rerun_tasks: [...chosen],
        rerun_dependent_tasks: withDependents,
        ...(Object.keys(values).length > 0 && { job_parameters: { ...values } }),
      }),
    onSuccess: async () => {
      onClose()
      await onDone()
    },
  })
  return (
    <FormDialog
      title={t('jobs.repair')}
      onClose={onClose}
      action={t('jobs.repairTasks', { count: chosen.length })}
      request={repair}
      isReady={chosen.length > 0}
      onSubmit={() => repair.mutate()}
    >
      <p className="muted">{t('jobs.repairHelp')}</p>
      <TaskChoice
        label={t('jobs.tasksToRepair')}
        tasks={progress.tasks.map((task) => ({
          key: task.task_key,
          state: <JobState state={task.state} result={task.result} />,
        }))}
        chosen={chosen}
        onChange={setChosen}
      />
      <label className="check-line">
        <input
          type="checkbox"
          checked={withDependents}
          onChange={(event) => setWithDependents(event.target.checked)}
        />
        {t('jobs.withDependents')}
      </label>
      {(run?.job_parameters ?? []).map(({ name, value }) => (
        <FormField key={name} label={name}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              value={values[name] ?? value}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          )}
        </FormField>
      ))}
    </FormDialog>
  )
}

const isUnfinished = ({ result }: TaskProgress) =>
  result !== 'SUCCESS' && result !== 'EXCLUDED' && result !== 'DISABLED'
