import { useTranslation } from 'react-i18next'

interface MoreButtonProps {
  /** An infinite query. */
  readonly pages: {
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => Promise<unknown>
  }
}

/** Loads the next page; nothing after the last. */
export function MoreButton({ pages }: MoreButtonProps) {
  const { t } = useTranslation()
  if (!pages.hasNextPage) return null
  return (
    <button
      type="button"
      className="button more"
      disabled={pages.isFetchingNextPage}
      onClick={() => void pages.fetchNextPage()}
    >
      {t('common.more')}
    </button>
  )
}
