import { type ReactNode, useEffect } from 'react'

interface PageProps {
  readonly title: string
  /** Where this page hangs, as links. */
  readonly trail?: ReactNode
  /** Beside the title: state, chips. */
  readonly beside?: ReactNode
  readonly actions?: ReactNode
  /** Fills the window and scrolls inside itself. */
  readonly fill?: boolean
  readonly children: ReactNode
}

/** The frame of every page: trail, heading, actions, content; sets the window's title. */
export function Page({ title, trail, beside, actions, fill, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Cairn`
  }, [title])
  return (
    <div className={fill ? 'page fill' : 'page'}>
      <header className="page-head">
        <div className="page-title">
          {trail && <div className="trail">{trail}</div>}
          <div className="title-line">
            <h1>{title}</h1>
            {beside}
          </div>
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}
