import { useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { isolated } from '../i18n/bidi.js'
import { recordVisit } from '../palette/visits.js'
import { useVisitor } from './use-account.js'

interface PageProps {
  readonly title: string
  /** Links to the parent pages. */
  readonly breadcrumbs?: ReactNode
  /** Status and chips beside the title. */
  readonly badges?: ReactNode
  readonly actions?: ReactNode
  /** Links to sibling pages. */
  readonly tabs?: ReactNode
  /** Fills the window; the content scrolls instead of the page. */
  readonly fill?: boolean
  /** True if its object could not be read; such a page is not a visit. */
  readonly failed?: boolean
  readonly children: ReactNode
}

/** Layout of every page. Also sets the document title. */
export function Page({
  title,
  breadcrumbs,
  badges,
  actions,
  tabs,
  fill,
  failed = false,
  children,
}: PageProps) {
  const visitor = useVisitor()
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  useEffect(() => {
    document.title = `${isolated(title)} · Cairn`
  }, [title])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the object of another path may have the same title
  useEffect(() => {
    if (!failed) recordVisit(visitor, location.hash.slice(1).split('?')[0]!, title)
  }, [visitor, title, failed, path])
  return (
    <div className={fill ? 'page fill' : 'page'}>
      <header className="page-head">
        <div className="page-title">
          {breadcrumbs && <div className="breadcrumbs">{breadcrumbs}</div>}
          <div className="title-line">
            <h1>{title}</h1>
            {badges}
          </div>
        </div>
        {actions && <div className="page-actions">{actions}</div>}
        {tabs}
      </header>
      {children}
    </div>
  )
}
