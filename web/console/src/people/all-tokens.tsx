import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { TokensTable } from '../account/tokens-table.js'
import { deleteManagedToken, listManagedTokens } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { Empty, Failure, Skeleton } from '../ui/states.js'

/** The tokens of all principals. */
export function AllTokens() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const tokens = useQuery({
    queryKey: queryKeys.allTokens(),
    queryFn: ({ signal }) => listManagedTokens(signal),
  })
  const revoke = (id: string) =>
    deleteManagedToken(id).finally(() => queries.invalidateQueries({ queryKey: queryKeys.allTokens() }))
  if (tokens.isPending) return <Skeleton />
  if (tokens.isError) return <Failure error={tokens.error} retry={() => void tokens.refetch()} />
  if (tokens.data.length === 0) return <Empty title={t('tokens.none')} />
  return <TokensTable tokens={tokens.data} ownerOf={(token) => token.owner} revoke={revoke} />
}
