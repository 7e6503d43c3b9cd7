const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** Ctrl-C under `npm run` arrives twice: from the terminal, and forwarded by npm. */
const DUPLICATE_SIGNAL_MS = 500

const pending = new Set<() => Promise<void>>()
let signalledAt: number | undefined

/**
 * Calls `finish` once on SIGINT or SIGTERM, the latest registration first, so that a run can end as KILLED. Then raises the
 * signal again to end the process; a second signal ends it immediately. If the process has other handlers of the signal (a
 * server that drains), ending the process is left to them.
 *
 * @returns a function that unregisters `finish`
 */
export function onInterrupt(finish: () => Promise<void>): () => void {
  if (pending.size === 0 && signalledAt === undefined)
    for (const signal of SIGNALS) process.on(signal, onSignal)
  pending.add(finish)
  return () => {
    pending.delete(finish)
    if (pending.size === 0 && signalledAt === undefined) stopListening()
  }
}

function onSignal(signal: NodeJS.Signals): void {
  const isOnlyHandler = process.listenerCount(signal) === 1
  if (signalledAt === undefined) {
    signalledAt = performance.now()
    void finishAll().finally(() => resend(signal, isOnlyHandler))
  } else if (performance.now() - signalledAt > DUPLICATE_SIGNAL_MS) resend(signal, isOnlyHandler)
}

async function finishAll(): Promise<void> {
  for (let finish = newest(); finish; finish = newest()) {
    pending.delete(finish)
    await finish().catch(() => {})
  }
}

const newest = () => [...pending].at(-1)

function resend(signal: NodeJS.Signals, isOnlyHandler: boolean): void {
  signalledAt = undefined
  pending.clear()
  stopListening()
  if (isOnlyHandler) process.kill(process.pid, signal)
}

function stopListening(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal)
}
