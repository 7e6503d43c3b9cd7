const hex = (bytes: number) =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

export const newTraceId = () => hex(16)

/** Returns a W3C `traceparent` with a new span id, sampled. */
export const traceparent = (traceId: string) => `00-${traceId}-${hex(8)}-01`
