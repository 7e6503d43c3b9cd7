import { useQuery } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { openRequestCountQuery } from '../access/open-request-count.js'
import { Icon } from '../ui/icon.js'
import { SECTIONS } from './sections.js'

export function Brand() {
  return (
    <Link to="/experiments" className="brand">
      <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
        <ellipse cx="16" cy="25.5" rx="12" ry="4.5" className="stone-1" />
        <ellipse cx="15.5" cy="17" rx="8.5" ry="3.8" className="stone-2" />
        <ellipse cx="16.5" cy="9.6" rx="5.2" ry="3.2" className="stone-3" />
      </svg>
      <span>Cairn</span>
    </Link>
  )
}

export function Navigation() {
  const { t } = useTranslation()
  const isQuery = useRouterState({ select: (state) => state.location.pathname === '/query' })
  return (
    <nav className="navigation" aria-label={t('shell.navigation')}>
      {SECTIONS.map((section) => (
        <Link
          key={section}
          to={`/${section}`}
          {...(isQuery && section === 'catalog' && { 'data-status': 'active', 'aria-current': true })}
        >
          <Icon name={section} />
          {t(`nav.${section}`)}
        </Link>
      ))}
      <OpenRequests />
    </nav>
  )
}

/** A link to the requests for access that wait for the caller's decision. */
function OpenRequests() {
  const { t } = useTranslation()
  const count = useQuery(openRequestCountQuery).data ?? 0
  if (count === 0) return null
  return (
    <Link to="/access" search={{ tab: 'toDecide' }}>
      <Icon name="shield" />
      {t('accessRequest.title')}
      <span className="chip accent" aria-hidden="true">
        {count}
      </span>
      <span className="visually-hidden">{t('accessRequest.openCount', { count })}</span>
    </Link>
  )
}
