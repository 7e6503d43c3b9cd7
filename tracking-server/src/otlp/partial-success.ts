/**
 * Body of an ExportTraceServiceResponse that reports rejected spans; the format of OTLP's requests is that of its
 * responses. A response without rejected spans is empty.
 */
export function partialSuccess(rejected: number, isJson: boolean): Buffer {
  const errorMessage = `${rejected} spans were not stored: a request has too many. Send fewer in one request.`
  const partial = { partialSuccess: { rejectedSpans: String(rejected), errorMessage } }
  if (isJson) return Buffer.from(JSON.stringify(partial))
  const text = Buffer.from(errorMessage)
  const message = Buffer.from([0x08, ...varint(rejected), 0x12, ...varint(text.length), ...text])
  return Buffer.from([0x0a, ...varint(message.length), ...message])
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))]
}
