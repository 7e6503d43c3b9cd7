import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Failure, isLoadError, Skeleton } from '../ui/states.js'
import { Page } from './page.js'

export function LoadingPage() {
  return (
    <div className="page">
      <Skeleton />
    </div>
  )
}

export function ErrorPage({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <div className="page">
      <Failure error={error} retry={isLoadError(error) ? () => location.reload() : reset} />
    </div>
  )
}

export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('notFound.title')}>
      <Link to="/experiments">{t('notFound.back')}</Link>
    </Page>
  )
}
