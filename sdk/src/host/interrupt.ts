const SIGNALS = ['SIGINT', 'SIGTERM'] as const
// A terminal's Ctrl-C under `npm run` arrives twice: from the terminal, and passed on by npm.
const ECHO_MS = 500

const pending = new Set<() => Promise<void>>()
let stoppingSince: number | undefined

/**
 * Calls `finish` once when the process is told to stop, newest first, then lets the signal do what it would have done; a
 * second signal does so at once. Where somebody else handles the signal too (a server that drains), the end of the process
 * stays theirs.
 *
 * @returns the function that takes it back.
 */
export function whenInterrupted(finish: () => Promise<void>): () => void {
  if (pending.size === 0 && stoppingSince === undefined)
    for (const signal of SIGNALS) process.on(signal, onSignal)
  pending.add(finish)
  return () => {
    pending.delete(finish)
    if (pending.size === 0 && stoppingSince === undefined) stopListening()
  }
}

function onSignal(signal: NodeJS.Signals): void {
  const alone = process.listenerCount(signal) === 1
  if (stoppingSince === undefined) {
    stoppingSince = Date.now()
    void finishAll().finally(() => pass(signal, alone))
  } else if (Date.now() - stoppingSince > ECHO_MS) pass(signal, alone)
}

async function finishAll(): Promise<void> {
  for (let finish = newest(); finish; finish = newest()) {
    pending.delete(finish)
    await finish().catch(() => {})
  }
}

const newest = () => [...pending].at(-1)

function pass(signal: NodeJS.Signals, alone: boolean): void {
  stoppingSince = undefined
  pending.clear()
  stopListening()
  if (alone) process.kill(process.pid, signal)
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal)
}
