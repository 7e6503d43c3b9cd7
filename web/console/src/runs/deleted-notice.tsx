import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { restoreRun } from '../api/runs.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { useBulk } from './bulk-dialogs.js'

interface DeletedNoticeProps {
  readonly ids: readonly string[]
  readonly onRestored: () => void
  readonly onClose: () => void
}

/** Offers to restore the runs that were deleted just now, and takes the focus that the dialog had. */
export function DeletedNotice({ ids, onRestored, onClose }: DeletedNoticeProps) {
  const { t } = useTranslation()
  const restore = useBulk(restoreRun, ids, onRestored)
  const undo = useRef<HTMLButtonElement>(null)
  useEffect(() => undo.current?.focus(), [])
  return (
    <section className="selection-bar" aria-label={t('bulk.deletion')}>
      {restore.isError && <Failure error={restore.error} />}
      <div className="selection">
        <span role="status">{t('bulk.deleted', { count: ids.length })}</span>
        <button
          type="button"
          ref={undo}
          className="button"
          disabled={restore.isPending}
          onClick={() => restore.mutate()}
        >
          <Icon name="restore" />
          {t('bulk.undo')}
        </button>
        <button type="button" className="button ghost" onClick={onClose}>
          {t('common.close')}
        </button>
      </div>
    </section>
  )
}
