import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure, Skeleton } from '../ui/states.js'
import { Page } from './page.js'

export function PageLoading() {
  return (
    <div className="page">
      <Skeleton />
    </div>
  )
}

export function PageFailure({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="page">
      <Failure error={error} retry={reset} />
    </div>
  )
}

export function LostPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('lost.title')}>
      <Link to="/experiments">{t('lost.back')}</Link>
    </Page>
  )
}
