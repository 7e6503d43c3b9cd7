import { invalid } from '@cairn/platform/errors'

const MAX_BYTES = 128 * 1024
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/

/** Reads the value of a new secret as bytes. @throws INVALID_PARAMETER_VALUE, which never quotes the value */
export function readSecretValue(string_value: unknown, bytes_value: unknown): Buffer {
  if ((string_value === undefined) === (bytes_value === undefined))
    throw invalid("Name either 'string_value' or 'bytes_value'.")
  const bytes = string_value === undefined ? fromBase64(bytes_value) : fromText(string_value)
  const field = string_value === undefined ? 'bytes_value' : 'string_value'
  if (bytes.length === 0) throw invalid(`'${field}' must not be empty.`)
  if (bytes.length > MAX_BYTES)
    throw invalid(`'${field}' has ${bytes.length} bytes; a secret has ${MAX_BYTES} at most.`)
  return bytes
}

function fromText(value: unknown): Buffer {
  if (typeof value !== 'string' || /\p{Surrogate}/u.test(value))
    throw invalid("'string_value' must be a string.")
  return Buffer.from(value)
}

function fromBase64(value: unknown): Buffer {
  if (typeof value !== 'string' || value.length > 2 * MAX_BYTES || !BASE64.test(value))
    throw invalid("'bytes_value' must be a string in Base64 of 128 KB at most.")
  return Buffer.from(value, 'base64')
}
