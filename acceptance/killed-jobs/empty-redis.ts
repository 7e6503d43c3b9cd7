import { once } from 'node:events'
import { connect } from 'node:net'

/** Deletes everything in the database that the URL names, like a Redis that restarts without its data. */
export async function emptyRedis(url: string): Promise<void> {
  const { hostname, port, pathname } = new URL(url)
  const socket = connect(Number(port || 6379), hostname)
  await once(socket, 'connect')
  let answer = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
  })
  socket.end(`SELECT ${pathname.slice(1)}\r\nFLUSHDB\r\nQUIT\r\n`)
  await once(socket, 'close')
  if (answer !== '+OK\r\n+OK\r\n+OK\r\n') throw new Error(`Redis was not emptied: ${answer}`)
}
