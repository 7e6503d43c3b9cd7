import { connect, type Socket } from 'node:net'

/** Bytes on a connection as they are, since HTTP clients repair what they send; and what came back until it was closed. */
export class Wired {
  readonly socket: Socket
  /** Resolves with everything that was answered, once the server has closed the connection. */
  readonly answered: Promise<string>

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.socket = connect(Number(port), hostname)
    let text = ''
    this.socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
    })
    this.answered = new Promise((resolve) => {
      this.socket.on('error', () => undefined)
      this.socket.on('close', () => resolve(text))
    })
  }

  /** @returns once the bytes are on their way, or the connection is gone */
  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) resolve()
      else this.socket.write(bytes, () => resolve())
    })
  }
}

/** Sends bytes and reads what is answered until the server, or in the end this side, closes. */
export async function exchange(url: string, bytes: string | Uint8Array, patienceMs = 3_000): Promise<string> {
  const wired = new Wired(url)
  await wired.write(bytes)
  const timer = setTimeout(() => wired.socket.destroy(), patienceMs)
  const text = await wired.answered
  clearTimeout(timer)
  return text
}

/** The statuses of all answers on a connection, in order. */
export const statusesOf = (text: string) =>
  Array.from(text.matchAll(/^HTTP\/1\.1 (\d{3})/gm), (match) => Number(match[1]))
