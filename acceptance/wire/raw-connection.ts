import { connect, type Socket } from 'node:net'

/** A raw TCP connection, since HTTP clients correct malformed requests. Collects the response until the connection closes. */
export class RawConnection {
  readonly socket: Socket
  /** Resolves with the complete response once the server has closed the connection. */
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

  /** Resolves when the bytes are written or the connection is closed. */
  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) resolve()
      else this.socket.write(bytes, () => resolve())
    })
  }
}

/** Sends bytes and reads the response until the server closes the connection, or the time-out. */
export async function exchange(
  url: string,
  bytes: string | Uint8Array,
  patienceMs = 60_000,
): Promise<string> {
  const connection = new RawConnection(url)
  await connection.write(bytes)
  const timer = setTimeout(() => connection.socket.destroy(), patienceMs)
  const text = await connection.answered
  clearTimeout(timer)
  return text
}

/** The statuses of all responses on a connection, in order. */
export const statusesOf = (text: string) =>
  Array.from(text.matchAll(/^HTTP\/1\.1 (\d{3})/gm), (match) => Number(match[1]))
