import type { UseMutationResult } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job, RunRequest } from '../api/jobs.js'
import { FormDialog } from '../ui/form-dialog.js'
import { FormField } from '../ui/form-field.js'
import { TaskChoice } from './task-choice.js'

interface RunDialogProps {
  readonly job: Job
  readonly start: UseMutationResult<unknown, Error, RunRequest>
  readonly onClose: () => void
}

/** Starts a run with other parameters than the defaults, or with some of the tasks only. */
export function RunDialog({ job, start, onClose }: RunDialogProps) {
  const { t } = useTranslation()
  const { name, parameters = [], tasks = [] } = job.settings
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const keys = tasks.map(({ task_key }) => task_key)
  const [chosen, setChosen] = useState<readonly string[]>(keys)
  return (
    <FormDialog
      title={t('jobs.runWith', { name: name || job.job_id })}
      onClose={onClose}
      action={t('jobs.runNow')}
      request={start}
      isReady={chosen.length > 0}
      onSubmit={() =>
        start.mutate({
          ...(Object.keys(values).length > 0 && { job_parameters: { ...values } }),
          ...(chosen.length < keys.length && { only: [...chosen] }),
        })
      }
    >
      {parameters.length === 0 && <p className="muted">{t('jobs.noParameters')}</p>}
      {parameters.map((parameter) => (
        <FormField key={parameter.name} label={parameter.name}>
          {(attributes) => (
            <input
              {...attributes}
              className="input"
              value={values[parameter.name] ?? parameter.default}
              onChange={(event) => setValues({ ...values, [parameter.name]: event.target.value })}
            />
          )}
        </FormField>
      ))}
      {keys.length > 1 && (
        <details>
          <summary>{t('jobs.someTasks')}</summary>
          <TaskChoice
            label={t('jobs.timeline')}
            tasks={keys.map((key) => ({ key }))}
            chosen={chosen}
            onChange={setChosen}
          />
        </details>
      )}
    </FormDialog>
  )
}
