/** A minimal client: reads 256 KiB of a response at a time and writes them to a file. Prints the seconds. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { connect } from 'node:net'

const [address = '', path = ''] = process.argv.slice(2)
const { hostname, host, port, pathname } = new URL(address)
rmSync(path, { force: true })
const started = performance.now()
const file = openSync(path, 'w')
let head = ''
let left = Number.NaN

function take(bytes: Uint8Array) {
  const body = Number.isNaN(left) ? afterHead(Buffer.from(bytes)) : bytes
  for (let at = 0; at < body.length; ) at += writeSync(file, body, at)
  left -= body.length
  if (left !== 0) return
  closeSync(file)
  console.log((performance.now() - started) / 1000)
  process.exit()
}

function afterHead(bytes: Buffer): Uint8Array {
  const before = head.length
  head += bytes.toString('latin1')
  const end = head.indexOf('\r\n\r\n')
  if (end === -1) return new Uint8Array()
  const [, length] = /^HTTP\/1.1 200 .*\ncontent-length: *(\d+)/is.exec(head) ?? []
  if (length === undefined) throw new Error(`The response is not a file: ${head.slice(0, end)}`)
  left = Number(length)
  return bytes.subarray(end + 4 - before)
}

const socket = connect({
  host: hostname,
  port: Number(port),
  onread: {
    buffer: Buffer.allocUnsafeSlow(256 * 1024),
    callback: (count, buffer) => {
      take(buffer.subarray(0, count))
      return true
    },
  },
})
socket.on('close', () => {
  throw new Error(`The server closed the connection with ${left} bytes missing`)
})
socket.write(`GET ${pathname} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
