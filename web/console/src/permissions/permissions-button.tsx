import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { GovernedObject } from '../api/permissions.js'
import { Icon } from '../ui/icon.js'
import { PermissionsDialog } from './permissions-dialog.js'

/** Opens the permissions of an object. @param name tells the buttons of a list apart */
export function PermissionsButton({ object, name }: { object: GovernedObject; name?: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="button"
        aria-label={name && t('permissions.of', { name })}
        onClick={() => setOpen(true)}
      >
        <Icon name="shield" />
        {t('permissions.title')}
      </button>
      {open && <PermissionsDialog object={object} onClose={() => setOpen(false)} />}
    </>
  )
}
