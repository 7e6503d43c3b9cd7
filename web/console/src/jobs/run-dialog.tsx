import type { UseMutationResult } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../api/jobs.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Failure } from '../ui/states.js'

interface RunDialogProps {
  readonly job: Job
  readonly name: string
  readonly start: UseMutationResult<unknown, Error, Record<string, string> | undefined>
  readonly onClose: () => void
}

/** Starts a run with the parameters that differ from their defaults. */
export function RunDialog({ job, name, start, onClose }: RunDialogProps) {
  const { t } = useTranslation()
  const parameters = job.settings.parameters ?? []
  const [values, setValues] = useState<Record<string, string>>({})
  return (
    <Dialog title={t('jobs.runWith', { name })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          start.mutate(values)
        }}
      >
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
        {start.isError && <Failure error={start.error} />}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button primary" disabled={start.isPending}>
            {t('jobs.runNow')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
