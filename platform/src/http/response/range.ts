import type { ByteRange } from '../../blobs/blobs.js'

/**
 * The part that a `Range` header asks for. Several ranges, and what is no range of bytes, count as none: the whole
 * is then a correct answer.
 */
export function parseRange(
  header: string | undefined,
  size: number,
): (ByteRange & { end: number }) | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '') return Number(last) === 0 || size === 0 ? 'unsatisfiable' : tail(Number(last), size)
  const start = Number(first)
  const end = last === '' ? size : Math.min(size, Number(last) + 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

const tail = (length: number, size: number) => ({ start: Math.max(0, size - length), end: size })
