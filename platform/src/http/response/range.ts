import type { ByteRange } from '../../blobs/blobs.js'

/** Parses a `Range` header. Several ranges and other units are ignored, because the whole file is a correct response too. */
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
