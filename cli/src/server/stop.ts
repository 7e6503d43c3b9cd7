// A terminal's Ctrl-C under `npm start` arrives twice: from the terminal, and passed on by npm.
const ECHO_MS = 500

/** Resolves when SIGINT or SIGTERM has come and `close` is done; a second signal ends the process at once. */
export function untilStopped(close: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let stoppingSince: number | undefined
    const stop = (signal: NodeJS.Signals) => {
      if (stoppingSince !== undefined) {
        if (Date.now() - stoppingSince > ECHO_MS) process.exit(signal === 'SIGINT' ? 130 : 143)
        return
      }
      stoppingSince = Date.now()
      process.stderr.write('Stopping: finishing what is under way. Once more to stop at once.\n')
      close().then(resolve, reject)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
