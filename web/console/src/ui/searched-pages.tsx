import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { MoreButton } from './more-button.js'
import { Empty, Failure, Skeleton } from './states.js'

interface SearchedPagesProps {
  /** An infinite query. */
  readonly pages: {
    readonly isPending: boolean
    readonly isError: boolean
    readonly error: unknown
    readonly refetch: () => unknown
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => Promise<unknown>
  }
  /** The number of rows that were found so far; undefined until the first page is here. */
  readonly count: number | undefined
  readonly search: string
  /** Replaces an empty list without a search. */
  readonly none: ReactNode
  /** The rows. */
  readonly children: ReactNode
}

/** A list that is searched in pages, of which the first ones may have no matches. */
export function SearchedPages({ pages, count, search, none, children }: SearchedPagesProps) {
  const { t } = useTranslation()
  return (
    <>
      {pages.isPending && <Skeleton />}
      {pages.isError && <Failure error={pages.error} retry={() => void pages.refetch()} />}
      {count === 0 && pages.hasNextPage && (
        <Empty title={t('common.noneYet')}>{t('common.noneYetHelp')}</Empty>
      )}
      {count === 0 &&
        !pages.hasNextPage &&
        (search ? <Empty title={t('common.noMatch', { search })} /> : none)}
      {count !== undefined && count > 0 && children}
      <MoreButton pages={pages} />
    </>
  )
}
