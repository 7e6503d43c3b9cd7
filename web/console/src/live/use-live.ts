import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { BucketPatcher } from '../charts/patch-buckets.js'
import { ComparedRunsPatcher } from '../runs/patch-compared.js'
import { RunPatcher } from '../runs/patch-runs.js'
import { TracePatcher } from '../traces/patch-traces.js'
import { affects, isLive } from './affected.js'
import { isStreamConnected, setStreamConnected } from './connection.js'
import { firstPosition } from './position.js'
import { Refresher } from './refresher.js'
import { type Listener, LiveStream } from './stream.js'

/**
 * Refreshes visible queries over server-sent events while the tab is visible. Hidden tabs disconnect, because a browser
 * opens only six connections per host.
 */
export function useLive() {
  const client = useQueryClient()
  useEffect(() => {
    const refresher = new Refresher(client)
    const patchers = [RunPatcher, ComparedRunsPatcher, BucketPatcher, TracePatcher].map(
      (Patcher) => new Patcher(client),
    )
    const listener: Listener = {
      onChange: (changes) =>
        refresher.refresh((key, query) =>
          changes
            .filter((change) => affects(change, key))
            .some((change) => !patchers.some((patcher) => patcher.patch(query, change))),
        ),
      onReset: () => refresher.refresh(isLive),
      onConnectionChange(connected) {
        if (connected === isStreamConnected()) return
        setStreamConnected(connected)
        if (!connected && !document.hidden) refresher.refresh(isLive) // a refetch starts polling
      },
    }
    const stream = new LiveStream(listener, firstPosition())
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
      for (const patcher of patchers) patcher.stop()
    }
  }, [client])
}
