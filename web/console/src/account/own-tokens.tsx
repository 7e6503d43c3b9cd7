import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createToken, deleteToken, listTokens } from '../api/account.js'
import { queryKeys } from '../api/query-keys.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'
import { NewToken } from './new-token.js'
import { TokensTable } from './tokens-table.js'

/** The caller's own tokens. */
export function OwnTokens() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [creating, setCreating] = useState(false)
  const refresh = () => queries.invalidateQueries({ queryKey: queryKeys.tokens() })
  const tokens = useQuery({ queryKey: queryKeys.tokens(), queryFn: ({ signal }) => listTokens(signal) })
  const revoke = (id: string) => deleteToken(id).finally(refresh)
  return (
    <>
      <div>
        <button type="button" className="button primary" onClick={() => setCreating(true)}>
          {t('tokens.create')}
        </button>
      </div>
      {tokens.isPending && <Skeleton />}
      {tokens.isError && <Failure error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.data?.length === 0 && <Empty title={t('tokens.none')}>{t('tokens.noneHelp')}</Empty>}
      {tokens.data && tokens.data.length > 0 && <TokensTable tokens={tokens.data} revoke={revoke} />}
      {creating && (
        <NewToken
          title={t('tokens.create')}
          create={createToken}
          onClose={() => {
            setCreating(false)
            void refresh()
          }}
        />
      )}
    </>
  )
}
