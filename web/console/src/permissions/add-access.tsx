import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LEVELS } from '../access/levels.js'
import { findGrantees, type GovernedObject, isDeniable, setLevel } from '../api/permissions.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { FormField } from '../ui/form-field.js'
import { GranteeInput } from './grantee-input.js'
import { useAccessChange } from './use-access-change.js'
import './permissions.css'

/** Gives a person, a group or a service principal a level. */
export function AddAccess({ object }: { object: GovernedObject }) {
  const { t } = useTranslation()
  const securable = { type: object.kind, name: object.id }
  const [added, setAdded] = useState('')
  const add = useAccessChange(object, async ({ name, level }: { name: string; level: string }) => {
    const found = (await findGrantees(securable, name)).find((one) => one.name === name)
    if (!found) throw new Error(t('people.unknownMember'))
    await setLevel(object, { name, kind: found.type as 'user' }, level)
  })
  return (
    <form
      className="grant-form"
      onSubmit={(event) => {
        event.preventDefault()
        const form = event.currentTarget
        const values = new FormData(form)
        const name = String(values.get('principal')).trim()
        setAdded('')
        add.mutate(
          { name, level: String(values.get('level')) },
          {
            onSuccess: () => {
              form.reset()
              setAdded(name)
            },
          },
        )
      }}
    >
      <FormField
        label={t('permissions.add')}
        hint={t('permissions.addHint')}
        problem={add.isError ? <ErrorMessage error={add.error} /> : undefined}
      >
        {(attributes) => <GranteeInput {...attributes} name="principal" securable={securable} />}
      </FormField>
      <FormField label={t('permissions.level')}>
        {(attributes) => (
          <select {...attributes} className="select" name="level">
            {LEVELS[object.kind].map(({ level }) => (
              <option key={level} value={level}>
                {t(`level.${level}`)}
              </option>
            ))}
            {isDeniable(object.kind) && <option value="DENY">{t('level.DENY')}</option>}
          </select>
        )}
      </FormField>
      <button type="submit" className="button primary" disabled={add.isPending}>
        {t('access.grant')}
      </button>
      <p className="visually-hidden" role="status">
        {added && t('permissions.added', { name: added })}
      </p>
    </form>
  )
}
