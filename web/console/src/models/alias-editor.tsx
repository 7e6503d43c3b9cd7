import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteAlias, setAlias } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { useMayEditModel } from '../permissions/use-may.js'
import { ConfirmDialog } from '../ui/confirm-dialog.js'
import { fieldText } from '../ui/field-text.js'
import { Form } from '../ui/form.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'
import { SubmitButton } from '../ui/submit-button.js'

interface AliasEditorProps {
  readonly name: string
  readonly version: string
  readonly aliases: readonly string[]
}

/** Adds and removes aliases of a version. The server rejects changes to gated aliases. */
export function AliasEditor({ name, version, aliases }: AliasEditorProps) {
  const { t } = useTranslation()
  const heading = useId()
  const mayEdit = useMayEditModel(name)
  const [removed, setRemoved] = useState<string>()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ alias, add }: { alias: string; add: boolean }) =>
      add ? setAlias(name, alias, version) : deleteAlias(name, alias),
    onSuccess: () => {
      setRemoved(undefined)
      return queries.invalidateQueries({ queryKey: queryKeys.model(name) })
    },
  })
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('models.aliases')}</h2>
      </header>
      <div className="body stack">
        {aliases.length === 0 && !mayEdit && <p className="muted">{t('models.noAliases')}</p>}
        {aliases.length > 0 && (
          <ul className="chips">
            {aliases.map((alias) => (
              <li key={alias} className="chip">
                @{alias}
                {mayEdit && (
                  <button
                    type="button"
                    aria-label={t('models.removeAlias', { alias })}
                    disabled={change.isPending}
                    onClick={() => setRemoved(alias)}
                  >
                    <Icon name="close" size={10} />
                  </button>
                )}
              </li>
            ))}
          </ul>
        )}
        <p className="visually-hidden" role="status">
          {change.isSuccess &&
            change.variables.add &&
            t('models.aliasSet', { alias: change.variables.alias })}
        </p>
        {change.isError && removed === undefined && <Failure error={change.error} />}
        {mayEdit && (
          <Form
            className="alias-form"
            isPending={change.isPending}
            onSubmit={(fields, form) => {
              const alias = fieldText(fields, 'alias').replace(/^@/, '')
              change.mutate({ alias, add: true }, { onSuccess: () => form.reset() })
            }}
          >
            <input
              className="input"
              name="alias"
              required
              maxLength={255}
              aria-label={t('models.newAlias')}
              placeholder={t('models.newAlias')}
              autoComplete="off"
              spellCheck={false}
            />
            <SubmitButton isPending={change.isPending}>{t('models.addAlias')}</SubmitButton>
          </Form>
        )}
        {removed !== undefined && (
          <ConfirmDialog
            title={t('models.removeAlias', { alias: removed })}
            action={t('people.remove')}
            request={change}
            onConfirm={() => change.mutate({ alias: removed, add: false })}
            onClose={() => setRemoved(undefined)}
          >
            {t('edit.removeAliasHelp')}
          </ConfirmDialog>
        )}
      </div>
    </section>
  )
}
