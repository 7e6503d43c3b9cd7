import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { useReadInOtherTabs } from './read-in-tabs.js'
import { useUnread } from './unread.js'

/** A link to the alerts with the number of unread ones and of mentions; renders nothing if the catalog service is not running. */
export function AlertBell() {
  const { t } = useTranslation()
  useReadInOtherTabs()
  const unread = useUnread()
  if (!unread) return null
  const { alerts, mentions } = unread
  const count = alerts + mentions
  const kind = mentions === 0 ? 'unread' : alerts === 0 ? 'unreadMentions' : 'unreadBoth'
  const name = count > 0 ? t(`alerts.${kind}`, { count }) : t('alerts.title')
  return (
    <Link className="button ghost" to="/alerts" aria-label={name} title={name}>
      <Icon name="bell" />
      {count > 0 && (
        <span className="chip accent" aria-hidden="true">
          {count}
        </span>
      )}
    </Link>
  )
}
