import { useTranslation } from 'react-i18next'
import type { Securable } from '../api/catalog.js'
import { PRIVILEGES_ON } from './privileges.js'

/** Chooses a privilege that objects of this type have. */
export function PrivilegeField({ type }: Pick<Securable, 'type'>) {
  const { t } = useTranslation()
  return (
    <label className="field">
      <span>{t('access.privilege')}</span>
      <select className="select" name="privilege">
        {PRIVILEGES_ON[type].map((privilege) => (
          <option key={privilege}>{privilege}</option>
        ))}
      </select>
    </label>
  )
}
