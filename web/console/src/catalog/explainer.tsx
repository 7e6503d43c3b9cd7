import { useMutation } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { type Explanation, explain, type Securable } from '../api/catalog.js'
import { Failure } from '../ui/states.js'
import { StatusMark } from '../ui/status.js'
import { PRIVILEGES_ON } from './privileges.js'

/** “May this principal do that?”, answered by the server with the grants that decide. */
export function Explainer({ securable }: { securable: Securable }) {
  const { t } = useTranslation()
  const heading = useId()
  const ask = useMutation({
    mutationFn: ({ principal, privilege }: { principal: string; privilege: string }) =>
      explain(securable, { privilege, ...(principal && { principal }) }),
  })
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{t('access.why')}</h3>
      </header>
      <form
        className="body question"
        onSubmit={(event) => {
          event.preventDefault()
          const form = new FormData(event.currentTarget)
          ask.mutate({
            principal: String(form.get('principal')).trim(),
            privilege: String(form.get('privilege')),
          })
        }}
      >
        <label className="field">
          <span>{t('access.principal')}</span>
          <input
            className="input"
            name="principal"
            placeholder={t('access.me')}
            autoComplete="off"
            spellCheck={false}
          />
        </label>
        <label className="field">
          <span>{t('access.privilege')}</span>
          <select className="select" name="privilege">
            {PRIVILEGES_ON[securable.type].map((privilege) => (
              <option key={privilege}>{privilege}</option>
            ))}
          </select>
        </label>
        <button type="submit" className="button" disabled={ask.isPending}>
          {t('access.ask')}
        </button>
      </form>
      <div aria-live="polite">
        {ask.isError && <Failure error={ask.error} />}
        {ask.data && <Because explanation={ask.data} />}
      </div>
    </section>
  )
}

function Because({ explanation }: { explanation: Explanation }) {
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
            <span>{t('access.held', { privilege, securable, principal })}</span>
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
        <p className="muted">{t('access.askFor', { who: can_grant.join(', ') })}</p>
      )}
    </div>
  )
}
