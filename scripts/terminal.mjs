const tty = Boolean(process.stderr.isTTY) && !process.env.CI
const FIRST_MS = 3_000
const REPEAT_MS = 15_000

export const seconds = (ms) => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`)

/** An error that is shown as one sentence. Any other error is a bug and keeps its stack. */
export class Refusal extends Error {
  name = 'Refusal'
}

/** Runs the main function of a script and prints a `Refusal` without its stack. */
export async function run(main) {
  try {
    return await main()
  } catch (error) {
    console.error(error instanceof Refusal ? error.message : error)
    process.exit(1)
  }
}

/**
 * One line of progress on stderr: redrawn in place on a terminal; elsewhere printed at the end, and where that takes
 * long, after three seconds and then every quarter of a minute.
 */
export function progress(label) {
  const started = Date.now()
  let detail = ''
  let next = started + FIRST_MS
  const line = (mark) => `${mark} ${label}${detail && `  ${detail}`}  ${seconds(Date.now() - started)}`
  const draw = () => {
    if (tty) process.stderr.write(`\r\u001b[2K${line('·')}`)
    else if (Date.now() >= next) {
      next = Date.now() + REPEAT_MS
      process.stderr.write(`${line('·')}\n`)
    }
  }
  draw()
  const timer = setInterval(draw, 200)
  timer.unref()
  const end = (mark) => (text) => {
    clearInterval(timer)
    detail = text ?? detail
    process.stderr.write(`${tty ? '\r\u001b[2K' : ''}${line(mark)}\n`)
  }
  return {
    update(text) {
      detail = text
    },
    done: end('✓'),
    fail: end('✗'),
  }
}

/** `width` characters, `share` of them filled. */
export const bar = (share, width = 24) => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
