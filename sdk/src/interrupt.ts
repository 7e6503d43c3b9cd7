const SIGNALS = ['SIGINT', 'SIGTERM'] as const

const pending = new Set<() => Promise<void>>()
let interrupted = false

/**
 * Calls `finish` once when the process is told to stop, newest first, then lets the signal do what it would have done.
 * Where somebody else handles the signal too (a server that drains), the end of the process stays theirs.
 *
 * @returns the function that takes it back.
 */
export function whenInterrupted(finish: () => Promise<void>): () => void {
  if (pending.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal)
  pending.add(finish)
  return () => {
    pending.delete(finish)
    if (pending.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

function onSignal(signal: NodeJS.Signals): void {
  if (interrupted) return
  interrupted = true
  const alone = process.listenerCount(signal) === 1
  void finishAll().finally(() => {
    interrupted = false
    for (const one of SIGNALS) process.off(one, onSignal)
    if (alone) process.kill(process.pid, signal)
  })
}

async function finishAll(): Promise<void> {
  const newestFirst = [...pending].reverse()
  pending.clear()
  for (const finish of newestFirst) await finish().catch(() => {})
}
