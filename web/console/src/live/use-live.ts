import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { affects, isLive } from './affected.js'
import { isHeard, setHeard } from './heard.js'
import { Refresher } from './refresher.js'
import { LiveStream } from './stream.js'

/** Keeps what is in sight as it is on the server, while the tab is: a browser opens six connections, and tabs are many. */
export function useLive() {
  const client = useQueryClient()
  useEffect(() => {
    const refresher = new Refresher(client)
    const stream = new LiveStream({
      onChange: (changes) => refresher.refresh((key) => changes.some((change) => affects(change, key))),
      onReset: () => refresher.refresh(isLive),
      onHeard(now) {
        if (now === isHeard()) return
        setHeard(now)
        if (!now && !document.hidden) refresher.refresh(isLive) // from whose answers on they ask again by themselves
      },
    })
    let listening: AbortController | undefined
    const follow = () => {
      if (document.hidden) {
        listening?.abort()
        listening = undefined
      } else if (!listening) {
        listening = new AbortController()
        void stream.listen(listening.signal)
      }
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      listening?.abort()
      refresher.stop()
    }
  }, [client])
}
