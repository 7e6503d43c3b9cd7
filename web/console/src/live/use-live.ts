import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { affects, isLive } from './affected.js'
import { isStreamConnected, setStreamConnected } from './connection.js'
import { Refresher } from './refresher.js'
import { LiveStream } from './stream.js'

/**
 * Refreshes visible queries over server-sent events while the tab is visible. Hidden tabs disconnect, because a browser
 * opens only six connections per host.
 */
export function useLive() {
  const client = useQueryClient()
  useEffect(() => {
    const refresher = new Refresher(client)
    const stream = new LiveStream({
      onChange: (changes) => refresher.refresh((key) => changes.some((change) => affects(change, key))),
      onReset: () => refresher.refresh(isLive),
      onConnectionChange(connected) {
        if (connected === isStreamConnected()) return
        setStreamConnected(connected)
        if (!connected && !document.hidden) refresher.refresh(isLive) // a refetch starts polling
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
