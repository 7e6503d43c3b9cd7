import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { useReadInOtherTabs } from './read-in-tabs.js'
import { unreadAlertCountQuery } from './unread-alert-count.js'

/** A link to the alerts with the number of unread ones; renders nothing if the catalog service is not running. */
export function AlertBell() {
  const { t } = useTranslation()
  useReadInOtherTabs()
  const unread = useQuery(unreadAlertCountQuery)
  if (unread.data === undefined) return null
  const name = unread.data > 0 ? t('alerts.unread', { count: unread.data }) : t('alerts.title')
  return (
    <Link className="button ghost" to="/alerts" aria-label={name} title={name}>
      <Icon name="bell" />
      {unread.data > 0 && (
        <span className="chip accent" aria-hidden="true">
          {unread.data}
        </span>
      )}
    </Link>
  )
}
