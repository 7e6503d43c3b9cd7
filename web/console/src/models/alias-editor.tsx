import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { deleteAlias, setAlias } from '../api/models.js'
import { queryKeys } from '../api/query-keys.js'
import { Icon } from '../ui/icon.js'
import { Failure } from '../ui/states.js'

interface AliasEditorProps {
  readonly name: string
  readonly version: string
  readonly aliases: readonly string[]
}

/** Adds and removes aliases of a version. The server rejects changes to gated aliases. */
export function AliasEditor({ name, version, aliases }: AliasEditorProps) {
  const { t } = useTranslation()
  const heading = useId()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: ({ alias, add }: { alias: string; add: boolean }) =>
      add ? setAlias(name, alias, version) : deleteAlias(name, alias),
    onSuccess: () => queries.invalidateQueries({ queryKey: queryKeys.model(name) }),
  })
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{t('models.aliases')}</h2>
      </header>
      <div className="body stack">
        {aliases.length > 0 && (
          <ul className="chips">
            {aliases.map((alias) => (
              <li key={alias} className="chip">
                @{alias}
                <button
                  type="button"
                  aria-label={t('models.removeAlias', { alias })}
                  disabled={change.isPending}
                  onClick={() => change.mutate({ alias, add: false })}
                >
                  <Icon name="close" size={10} />
                </button>
              </li>
            ))}
          </ul>
        )}
        {change.isError && <Failure error={change.error} />}
        <form
          className="alias-form"
          onSubmit={(event) => {
            event.preventDefault()
            const alias = String(new FormData(event.currentTarget).get('alias')).trim().replace(/^@/, '')
            change.mutate({ alias, add: true })
            event.currentTarget.reset()
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
          <button type="submit" className="button" disabled={change.isPending}>
            {t('models.addAlias')}
          </button>
        </form>
      </div>
    </section>
  )
}
