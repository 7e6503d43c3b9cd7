import { hasStuckThreads } from '@cairn/platform/processes/thread'

// Under `npm start`, Ctrl-C arrives twice: from the terminal, and forwarded by npm.
const DUPLICATE_MS = 500

/** Waits for SIGINT or SIGTERM, then for `close`. A second signal ends the process at once. */
export function untilStopped(close: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let stoppingSince: number | undefined
    const stop = (signal: NodeJS.Signals) => {
      if (stoppingSince !== undefined) {
        if (Date.now() - stoppingSince > DUPLICATE_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
        return
      }
      stoppingSince = Date.now()
      process.stderr.write('Stopping: finishing running requests. Press Ctrl-C again to stop at once.\n')
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
  if (!hasStuckThreads()) return
  process.stderr.write('A model does not return: the process is ended.\n')
  process.kill(process.pid, 'SIGKILL')
}
