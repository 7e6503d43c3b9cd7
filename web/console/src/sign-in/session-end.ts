import { useSyncExternalStore } from 'react'

interface Waiting {
  /** True if it fails when the user closes the dialog. */
  readonly mayFail: boolean
  /** Called with whether the user has signed in again. */
  readonly resolve: (isSignedIn: boolean) => void
}

let hasEnded = false
let waiting: readonly Waiting[] = []
const listeners = new Set<() => void>()

function change(next: boolean, left: readonly Waiting[]): void {
  hasEnded = next
  waiting = left
  for (const listener of listeners) listener()
}

/**
 * Asks the user to sign in again on the open page.
 *
 * @param mayFail whether closing the dialog resolves to false; without it, that waits for the next sign-in
 */
export const askToSignInAgain = (mayFail: boolean) =>
  new Promise<boolean>((resolve) => change(true, [...waiting, { mayFail, resolve }]))

export function noteSignedInAgain(): void {
  for (const { resolve } of waiting) resolve(true)
  change(false, [])
}

export function stopAsking(): void {
  for (const { mayFail, resolve } of waiting) if (mayFail) resolve(false)
  change(
    false,
    waiting.filter(({ mayFail }) => !mayFail),
  )
}

/** Fails all requests that wait: their user has left the page. */
export function dropRequests(): void {
  for (const { resolve } of waiting) resolve(false)
  change(false, [])
}

/** Returns whether requests wait, or the dialog is open. */
export const isWaiting = () => hasEnded || waiting.length > 0

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Returns whether the session of the open page has ended. */
export const useSessionEnded = () => useSyncExternalStore(subscribe, () => hasEnded)
