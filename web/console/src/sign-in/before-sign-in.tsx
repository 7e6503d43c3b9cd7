import { type ReactNode, useEffect } from 'react'
import { Brand } from '../app/navigation.js'
import { Preferences } from '../app/top-bar.js'
import './sign-in.css'

/** Layout of the pages before sign-in. */
export function BeforeSignIn({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Cairn`
  }, [title])
  return (
    <div className="before-sign-in">
      <header>
        <Brand />
        <Preferences />
      </header>
      <main className="panel">
        <div className="body">
          <h1>{title}</h1>
          {children}
        </div>
      </main>
    </div>
  )
}
