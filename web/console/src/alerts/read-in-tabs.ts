import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { queryKeys } from '../api/query-keys.js'

const CHANNEL = 'cairn.alerts-read'

/** Tells the other tabs that the user has read the alerts. */
export function announceRead(): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(null)
  channel.close()
}

/** Counts unread alerts anew when another tab has marked them as read. */
export function useReadInOtherTabs(): void {
  const queries = useQueryClient()
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL)
    channel.onmessage = () => void queries.invalidateQueries({ queryKey: queryKeys.alerts() })
    return () => channel.close()
  }, [queries])
}
