import { useMutation } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { type Explanation, explainPrivilege, type Securable } from '../api/catalog.js'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { Failure } from '../ui/states.js'
import { StatusMark } from '../ui/status.js'
import { SubmitButton } from '../ui/submit-button.js'
import { PrivilegeField } from './privilege-field.js'

/** Checks on the server whether a principal has a privilege, and shows the grants that decide. */
export function AccessExplainer({ securable }: { securable: Securable }) {
  const { t } = useTranslation()
  const heading = useId()
  const check = useMutation({
    mutationFn: ({ principal, privilege }: { principal: string; privilege: string }) =>
      explainPrivilege(securable, { privilege, ...(principal && { principal }) }),
  })
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{t('access.check')}</h3>
      </header>
      <Form
        className="body question"
        isPending={check.isPending}
        onSubmit={(fields) =>
          check.mutate({
            principal: fieldText(fields, 'principal'),
            privilege: fieldText(fields, 'privilege'),
          })
        }
      >
        <label className="field">
          <span>{t('access.principal')}</span>
          <input
            className="input"
            name="principal"
            placeholder={t('access.yourself')}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
        <PrivilegeField type={securable.type} />
        <SubmitButton isPending={check.isPending}>{t('access.submit')}</SubmitButton>
      </Form>
      <div aria-live="polite">
        {check.isError && <Failure error={check.error} />}
        {check.data && <ExplanationResult explanation={check.data} />}
      </div>
    </section>
  )
}

function ExplanationResult({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation()
  const { allowed, basis, missing, can_grant, summary } = explanation
  return (
    <div className="because">
      <p className={allowed ? 'notice ok' : 'notice bad'}>
        <StatusMark tone={allowed ? 'ok' : 'bad'} />
        <strong>{summary}</strong>
      </p>
      <ol className="checks">
        {basis.map(({ privilege, securable, principal }) => (
          <li key={`${privilege} ${securable}`}>
            <StatusMark tone="ok" />
            <span>{t('access.basis', { privilege, securable, principal })}</span>
          </li>
        ))}
        {missing.map(({ privileges, securable }) => (
          <li key={`${privileges.join()} ${securable}`}>
            <StatusMark tone="bad" />
            <span>{t('access.missing', { privilege: privileges.join(', '), securable })}</span>
          </li>
        ))}
      </ol>
      {!allowed && can_grant.length > 0 && (
        <p className="muted">{t('access.grantors', { who: can_grant.join(', ') })}</p>
      )}
    </div>
  )
}
