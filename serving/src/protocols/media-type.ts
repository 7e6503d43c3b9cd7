import { ApiError } from '@cairn/platform/errors'

/**
 * Returns the media type of a Content-Type header in lower case.
 *
 * @throws UNSUPPORTED_MEDIA_TYPE unless it is supported and its only parameter is `charset=utf-8`
 */
export function requireMediaType(contentType: string | undefined, supported: readonly string[]): string {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  if (!supported.includes(type))
    throw unsupported(`The Content-Type must be one of: ${supported.filter(Boolean).join(', ')}.`)
  for (const parameter of parameters.filter(Boolean)) {
    const [name, value = ''] = parameter.split('=')
    if (name !== 'charset') throw unsupported('The only supported parameter of the Content-Type is charset.')
    if (value.replaceAll('"', '') !== 'utf-8') throw unsupported('The only supported charset is UTF-8.')
  }
  return type
}

const unsupported = (message: string) => new ApiError('UNSUPPORTED_MEDIA_TYPE', message)
