import { useSyncExternalStore } from 'react'
import type { AccessTarget } from './access-targets.js'

let requested: readonly AccessTarget[] | undefined
const listeners = new Set<() => void>()

function setRequested(targets: readonly AccessTarget[] | undefined): void {
  requested = targets
  for (const listener of listeners) listener()
}

/** Opens the form that requests access to the targets. */
export const openRequestForm = (targets: readonly AccessTarget[]) => setRequested(targets)
export const closeRequestForm = () => setRequested(undefined)

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The targets of the open form; undefined while it is closed. */
export const useRequestedTargets = () => useSyncExternalStore(subscribe, () => requested)
