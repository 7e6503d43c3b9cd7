import { useSyncExternalStore } from 'react'

let highlighted: string | undefined
const listeners = new Set<() => void>()

/** The run that the pointer or focus is on in a legend or chart. All charts draw it above the others. */
export const highlightedRun = () => highlighted

export function highlightRun(id: string | undefined) {
  if (id === highlighted) return
  highlighted = id
  for (const listener of listeners) listener()
}

export function onHighlight(listener: () => void) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useHighlightedRun = () => useSyncExternalStore(onHighlight, highlightedRun)
