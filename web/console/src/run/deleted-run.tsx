import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { restoreRun } from '../api/runs.js'
import { useMay, useMayEditExperiment } from '../permissions/use-may.js'
import type { RunRow } from '../runs/row.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { PurgeRun } from './delete-run.js'
import { useRunChanged } from './use-run-changed.js'

/** Says that a run is deleted. Those who may, restore or purge it here. */
export function DeletedRun({ row }: { row: RunRow }) {
  const { t } = useTranslation()
  const { info } = row
  const [purging, setPurging] = useState(false)
  const mayEdit = useMayEditExperiment(info.experiment_id)
  const mayPurge = useMay({ securable_type: 'experiment', full_name: info.experiment_id }, 'MANAGE')
  const changed = useRunChanged(info)
  const restore = useMutation({ mutationFn: () => restoreRun(info.run_id), onSuccess: changed })
  return (
    <div className="notice warn">
      <Icon name="trash" />
      <div>
        <strong>{t('edit.runDeleted')}</strong>
        <p>{t('edit.runDeletedHelp')}</p>
        {restore.isError && <Failure error={restore.error} />}
      </div>
      {mayEdit && (
        <button
          type="button"
          className="button small"
          disabled={restore.isPending}
          onClick={() => restore.mutate()}
        >
          {t('runs.restore')}
        </button>
      )}
      {mayPurge && (
        <button type="button" className="button small danger" onClick={() => setPurging(true)}>
          {t('edit.purge')}
        </button>
      )}
      {purging && <PurgeRun info={info} onClose={() => setPurging(false)} />}
    </div>
  )
}
