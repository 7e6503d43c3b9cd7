import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createToken, deleteToken, listTokens } from '../api/account.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { queryKeys } from '../api/query-keys.js'
import { useAccount } from '../app/use-account.js'
import { SearchBar } from '../ui/search-bar.js'
import { SearchedPages } from '../ui/searched-pages.js'
import { Empty } from '../ui/states.js'
import { useDebounced } from '../ui/use-debounced.js'
import { NewToken } from './new-token.js'
import { TokensTable } from './tokens-table.js'

/** The caller's own tokens. */
export function OwnTokens() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayCreate = useAccount().data?.type === 'user'
  const [creating, setCreating] = useState(false)
  const [text, setText] = useState('')
  const search = useDebounced(text.trim())
  const refresh = () => queries.invalidateQueries({ queryKey: queryKeys.tokens() })
  const pages = useInfiniteQuery({
    queryKey: queryKeys.tokens(search),
    queryFn: ({ pageParam, signal }) => listTokens(search, pageParam, signal),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
  })
  const tokens = pages.data?.pages.flatMap(({ token_infos }) => token_infos)
  const revoke = (id: string) => deleteToken(id).finally(refresh)
  return (
    <>
      <SearchBar label={t('tokens.search')} value={text} onChange={setText}>
        {mayCreate && (
          <button type="button" className="button primary" onClick={() => setCreating(true)}>
            {t('tokens.create')}
          </button>
        )}
      </SearchBar>
      <SearchedPages
        pages={pages}
        count={tokens?.length}
        search={search}
        none={
          <Empty title={t('tokens.none')}>
            {t(mayCreate ? 'tokens.noneHelp' : 'tokens.createdByOthers')}
          </Empty>
        }
      >
        <TokensTable tokens={tokens ?? []} revoke={revoke} />
      </SearchedPages>
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
