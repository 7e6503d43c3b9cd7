import { hasStuckThreads } from '@cairn/platform/processes/thread'

// Under `npm start`, Ctrl-C arrives twice: from the terminal, and forwarded by npm.
const DUPLICATE_MS = 500

/** Acknowledged writes are durable, so a process that does not close in time can be ended. */
const CLOSE_TIMEOUT_MS = 5_000

/**
 * Waits for SIGINT or SIGTERM, then for `close`. A second signal ends the process at once. Call it before the message that
 * the process is ready: a signal may follow at once.
 *
 * @param drainMs time that `close` takes to answer the last requests. It may take five seconds more, then the process ends
 */
export function untilStopped(close: () => Promise<void>, drainMs = CLOSE_TIMEOUT_MS): Promise<void> {
  return new Promise((resolve, reject) => {
    let stoppingSince: number | undefined
    const stop = (signal: NodeJS.Signals) => {
      if (stoppingSince !== undefined) {
        if (performance.now() - stoppingSince > DUPLICATE_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
        return
      }
      stoppingSince = performance.now()
      process.stderr.write('Stopping: finishing running requests. Press Ctrl-C again to stop at once.\n')
      setTimeout(() => end('Something does not close'), drainMs + CLOSE_TIMEOUT_MS).unref()
      close().then(() => {
        endIfStuck()
        resolve()
      }, reject)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

/** Everything is closed and written; Node would wait for the thread of a model that never returns. */
function endIfStuck() {
  if (hasStuckThreads()) end('A model does not return')
}

function end(reason: string) {
  process.stderr.write(`${reason}: the process is ended.\n`)
  process.kill(process.pid, 'SIGKILL')
}
