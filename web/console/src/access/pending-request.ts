import { useSyncExternalStore } from 'react'
import type { Wish } from './wishes.js'

let pending: readonly Wish[] | undefined
const listeners = new Set<() => void>()

/** Opens the form for a request, or closes it. */
export function setPendingRequest(wishes: readonly Wish[] | undefined): void {
  pending = wishes
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const usePendingRequest = () => useSyncExternalStore(subscribe, () => pending)
