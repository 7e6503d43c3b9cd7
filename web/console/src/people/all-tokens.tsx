import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TokensTable } from '../account/tokens-table.js'
import { PAGE_TOKENS } from '../api/page-tokens.js'
import { deleteManagedToken, listManagedTokens } from '../api/people.js'
import { queryKeys } from '../api/query-keys.js'
import { SearchBar } from '../ui/search-bar.js'
import { SearchedPages } from '../ui/searched-pages.js'
import { Empty } from '../ui/states.js'
import { useDebounced } from '../ui/use-debounced.js'

/** The tokens of all principals. */
export function AllTokens() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const search = useDebounced(text.trim())
  const pages = useInfiniteQuery({
    queryKey: queryKeys.allTokens(search),
    queryFn: ({ pageParam, signal }) => listManagedTokens(search, pageParam, signal),
    ...PAGE_TOKENS,
    placeholderData: keepPreviousData,
  })
  const tokens = pages.data?.pages.flatMap(({ token_infos }) => token_infos)
  const revoke = (id: string) =>
    deleteManagedToken(id).finally(() => queries.invalidateQueries({ queryKey: queryKeys.allTokens() }))
  return (
    <>
      <SearchBar label={t('people.searchTokens')} value={text} onChange={setText} />
      <SearchedPages
        pages={pages}
        count={tokens?.length}
        search={search}
        none={<Empty title={t('tokens.none')} />}
      >
        <TokensTable tokens={tokens ?? []} ownerOf={(token) => token.owner} revoke={revoke} />
      </SearchedPages>
    </>
  )
}
