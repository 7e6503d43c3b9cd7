import type { FastifyRequest } from 'fastify'
import { ApiError } from '../../errors.js'

/**
 * Refuses a change that the page of another origin may have sent with a user's cookie (CSRF). Browsers set `Sec-Fetch-Site`
 * and `Origin`. Without them the request needs a header that no form can send.
 *
 * @throws PERMISSION_DENIED
 */
export function requireSameOrigin({ headers }: FastifyRequest, publicUrl: string): void {
  const site = headers['sec-fetch-site']
  const isSame =
    site !== undefined
      ? site === 'same-origin'
      : headers.origin !== undefined
        ? isOwn(headers.origin, headers.host, publicUrl)
        : headers['x-requested-with'] !== undefined
  if (isSame) return
  throw new ApiError(
    'PERMISSION_DENIED',
    'The request came from another site, so its session cookie is not used. Send an Authorization header, or the header X-Requested-With from a page of this server.',
  )
}

const isOwn = (origin: string, host: string | undefined, publicUrl: string) =>
  URL.canParse(origin) &&
  (new URL(origin).host === host ||
    (publicUrl !== '' && new URL(origin).origin === new URL(publicUrl).origin))
