import { expect, test } from 'vitest'
import { ByteBar } from './byte-bar.js'

test('fills on a terminal and is silent elsewhere', () => {
  const written: string[] = []
  const stream = (isTTY: boolean) =>
    ({ isTTY, columns: 80, write: (text: string) => written.push(text) }) as unknown as NodeJS.WriteStream
  new ByteBar(stream(false), 10).show('run')
  expect(written).toEqual([])
  const bar = new ByteBar(stream(true), 2000)
  bar.show('one')
  bar.add(1000)
  bar.add(5000)
  bar.show('two')
  bar.clear()
  expect(written[0]).toContain('0 B of 2.0 kB  one')
  expect(written.at(-2)).toContain('━━━━  2.0 kB of 2.0 kB  two')
  expect(written.at(-1)).toBe('\r\x1b[2K')
})
