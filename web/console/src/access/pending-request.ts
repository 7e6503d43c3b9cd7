import { useSyncExternalStore } from 'react'
import type { AccessTarget } from './access-targets.js'

let pending: readonly AccessTarget[] | undefined
const listeners = new Set<() => void>()

/** Opens the form for a request, or closes it. */
export function setPendingRequest(targets: readonly AccessTarget[] | undefined): void {
  pending = targets
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const usePendingRequest = () => useSyncExternalStore(subscribe, () => pending)
