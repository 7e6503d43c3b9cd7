import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../ui/copy.js'
import { Dialog } from '../ui/dialog.js'
import { FormField } from '../ui/form-field.js'
import { SubmitForm } from '../ui/submit-form.js'

const DAYS = [1, 7, 30, 90, 365]
const DAY_SECONDS = 86_400

export interface TokenDraft {
  readonly comment: string
  readonly lifetime_seconds?: number
  readonly scopes?: string[]
}

interface NewTokenProps {
  readonly title: string
  readonly create: (draft: TokenDraft) => Promise<{ readonly token_value: string }>
  readonly onClose: () => void
}

/** Creates a token, and shows it once. */
export function NewToken({ title, create, onClose }: NewTokenProps) {
  const { t } = useTranslation()
  const creation = useMutation({ mutationFn: create })
  return (
    <Dialog title={title} onClose={onClose}>
      {creation.data ? (
        <div className="stack">
          <p role="status">{t('tokens.shown')}</p>
          <CodeBlock code={creation.data.token_value} />
          <div className="actions">
            <button type="button" className="button primary" onClick={onClose}>
              {t('tokens.done')}
            </button>
          </div>
        </div>
      ) : (
        <SubmitForm
          action={t('tokens.create')}
          request={creation}
          onSubmit={(fields) => creation.mutate(draftOf(fields))}
          onCancel={onClose}
        >
          <Fields />
        </SubmitForm>
      )}
    </Dialog>
  )
}

function Fields() {
  const { t } = useTranslation()
  return (
    <>
      <FormField label={t('tokens.comment')}>
        {(attributes) => <input {...attributes} className="input" name="comment" maxLength={1000} />}
      </FormField>
      <FormField label={t('tokens.lifetime')}>
        {(attributes) => (
          <select {...attributes} className="input" name="days">
            <option value="">{t('tokens.serverDefault')}</option>
            {DAYS.map((count) => (
              <option key={count} value={count}>
                {t('tokens.days', { count })}
              </option>
            ))}
          </select>
        )}
      </FormField>
      <FormField label={t('tokens.scopes')} hint={t('tokens.scopesHint')}>
        {(attributes) => <input {...attributes} className="input mono" name="scopes" />}
      </FormField>
    </>
  )
}

function draftOf(form: FormData): TokenDraft {
  const scopes = String(form.get('scopes'))
    .split(/[\s,]+/)
    .filter(Boolean)
  const days = Number(form.get('days'))
  return {
    comment: String(form.get('comment')),
    ...(days > 0 && { lifetime_seconds: days * DAY_SECONDS }),
    ...(scopes.length > 0 && { scopes }),
  }
}
