import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { WatchedObject } from '../api/alerts.js'
import { Icon } from '../ui/icon.js'
import { RulesDialog } from './rules-dialog.js'

/** Opens the alert rules of an experiment or a job. */
export function AlertRulesButton({ object }: { object: WatchedObject }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        <Icon name="bell" />
        {t('alerts.title')}
      </button>
      {isOpen && <RulesDialog object={object} onClose={() => setOpen(false)} />}
    </>
  )
}
