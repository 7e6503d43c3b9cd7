import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Token } from '../api/account.js'
import { useFormat } from '../i18n/format.js'
import { ConfirmAction } from '../ui/confirm-action.js'
import { ScrollX } from '../ui/scroll-x.js'

interface TokensTableProps<T extends Token> {
  readonly tokens: readonly T[]
  /** The name of the owner; without it the table has no column of owners. */
  readonly ownerOf?: (token: T) => string
  readonly revoke: (tokenId: string) => Promise<unknown>
}

/** A table of access tokens, which asks before it revokes one. */
export function TokensTable<T extends Token>({ tokens, ownerOf, revoke }: TokensTableProps<T>) {
  const { t } = useTranslation()
  const format = useFormat()
  const [revoked, setRevoked] = useState<T>()
  return (
    <div className="panel">
      <ScrollX>
        <table className="list">
          <thead>
            <tr>
              {ownerOf && <th scope="col">{t('tokens.owner')}</th>}
              <th scope="col">{t('tokens.comment')}</th>
              <th scope="col">{t('tokens.scopes')}</th>
              <th scope="col">{t('tokens.created')}</th>
              <th scope="col">{t('tokens.expires')}</th>
              <th scope="col">{t('profile.lastUsed')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('tokens.revoke')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tokens.map((token) => (
              <tr key={token.token_id}>
                {ownerOf && <td>{ownerOf(token)}</td>}
                <th scope="row">{token.comment || t('tokens.unnamed')}</th>
                <td>{token.scopes ? token.scopes.join(' ') : t('tokens.all')}</td>
                <td className="muted">{format.time(token.creation_time)}</td>
                <td className="muted">
                  {token.expiry_time < 0 ? t('tokens.never') : format.time(token.expiry_time)}
                </td>
                <td className="muted">
                  {token.last_used_at === undefined ? t('tokens.unused') : format.time(token.last_used_at)}
                </td>
                <td>
                  <button
                    type="button"
                    className="button small"
                    aria-label={t('tokens.revokeNamed', { name: token.comment || token.token_id })}
                    onClick={() => setRevoked(token)}
                  >
                    {t('tokens.revoke')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {revoked && (
        <ConfirmAction
          title={t('tokens.revokeNamed', { name: revoked.comment || revoked.token_id })}
          action={t('tokens.revoke')}
          confirm={() => revoke(revoked.token_id)}
          onClose={() => setRevoked(undefined)}
        >
          {t('tokens.revokeHelp')}
        </ConfirmAction>
      )}
    </div>
  )
}
