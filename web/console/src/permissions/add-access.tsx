import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LEVELS } from '../access/levels.js'
import { findGrantees, type GovernedObject, isDeniable, setLevel } from '../api/permissions.js'
import { ErrorMessage } from '../server-words/server-message.js'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { FormField } from '../ui/form-field.js'
import { SubmitButton } from '../ui/submit-button.js'
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
    <Form
      className="grant-form"
      isPending={add.isPending}
      onSubmit={(fields, form) => {
        const name = fieldText(fields, 'principal')
        setAdded('')
        add.mutate(
          { name, level: fieldText(fields, 'level') },
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
      <SubmitButton className="primary" isPending={add.isPending}>
        {t('access.grant')}
      </SubmitButton>
      <p className="visually-hidden" role="status">
        {added && t('permissions.added', { name: added })}
      </p>
    </Form>
  )
}
