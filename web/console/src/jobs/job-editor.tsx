import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createJob, type Job, type JobSettings, resetJob } from '../api/jobs.js'
import { queryKeys } from '../api/query-keys.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { Failure } from '../ui/states.js'
import { NEW_JOB, parseSettings } from './job-settings.js'

/** Edits the settings of a job, or of a new one, as JSON. */
export function JobEditor({ job, onClose }: { job?: Job; onClose: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [text, setText] = useState(() => JSON.stringify(job?.settings ?? NEW_JOB, null, 2))
  const [problem, setProblem] = useState<string>()
  const save = useMutation({
    mutationFn: async (settings: JobSettings): Promise<unknown> =>
      job ? resetJob(job.job_id, settings) : createJob(settings),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: queryKeys.jobs() })
      onClose()
    },
  })
  return (
    <Dialog
      title={job ? t('jobs.editName', { name: job.settings.name || job.job_id }) : t('jobs.newJob')}
      onClose={onClose}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          const parsed = parseSettings(text)
          setProblem('problem' in parsed ? t('jobs.notJson', parsed) : undefined)
          if ('settings' in parsed) save.mutate(parsed.settings)
        }}
      >
        <FormField label={t('jobs.settings')} hint={t('jobs.settingsHelp')} problem={problem}>
          {(attributes) => (
            <textarea
              {...attributes}
              className="input mono"
              rows={20}
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </FormField>
        {save.isError && <Failure error={save.error} />}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button primary" disabled={save.isPending}>
            {job ? t('jobs.save') : t('common.create')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
