import type { Readable } from 'node:stream'

const WINDOW_MS = 100
/** The characters that one stream may deliver in a window, so that a process that prints in a loop does not slow the server. */
const MAX_WINDOW = 256 * 1024

/** Passes the text of a stream on, and pauses a stream that delivers more than 2.5 MB a second. */
export function readPacedText(stream: Readable, onText: (text: string) => void): void {
  let inWindow = 0
  const timer = setInterval(() => {
    inWindow = 0
    stream.resume()
  }, WINDOW_MS)
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    onText(text)
    inWindow += text.length
    if (inWindow > MAX_WINDOW) stream.pause()
  })
  stream.once('close', () => clearInterval(timer))
}
