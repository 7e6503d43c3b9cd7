import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { createExperiment } from '../api/experiments.js'
import { queryKeys } from '../api/query-keys.js'
import { Dialog } from '../ui/dialog.js'
import { Failure } from '../ui/states.js'

export function CreateExperiment({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: createExperiment,
    onSuccess: async ({ experiment_id }) => {
      await queries.invalidateQueries({ queryKey: queryKeys.experiments() })
      await navigate({ to: '/experiments/$experimentId', params: { experimentId: experiment_id } })
    },
  })
  return (
    <Dialog title={t('experiments.create')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate(String(new FormData(event.currentTarget).get('name')).trim())
        }}
      >
        <label className="field">
          <span>{t('experiments.name')}</span>
          <input
            className="input"
            name="name"
            required
            maxLength={500}
            placeholder="/movies"
            autoComplete="off"
          />
        </label>
        {create.isError && <Failure error={create.error} />}
        <div className="actions">
          <button type="submit" className="button primary" disabled={create.isPending}>
            {t('common.create')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
