const hex = (bytes: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

export const newTraceId = () => hex(16)

/** A W3C `traceparent` with a fresh span id, sampled. */
export const traceparent = (traceId: string) => `00-${traceId}-${hex(8)}-01`
