import { parseCookie, stringifySetCookie } from 'cookie'

export interface SessionCookie {
  /** The secret in a `Cookie` header. */
  read(header: string | undefined): string | undefined
  /** The `Set-Cookie` header of a secret. */
  write(secret: string, maxAgeSeconds: number): string
  /** The `Set-Cookie` header that removes the cookie. */
  remove(): string
}

/**
 * The cookie of a browser's session, for the path of the public URL, and over TLS only if that is https. Browsers let neither
 * scripts nor other sites send or replace it.
 */
export function sessionCookie(publicUrl: string): SessionCookie {
  const options = cookieOptions('session', publicUrl)
  return {
    read: (header) => readCookie(options.name, header),
    write: (secret, maxAgeSeconds) => writeCookie(options, secret, maxAgeSeconds),
    remove: () => writeCookie(options, '', 0),
  }
}

export const readCookie = (name: string, header: string | undefined): string | undefined =>
  header && parseCookie(header)[name]

/** The `Set-Cookie` header; 0 seconds remove the cookie. */
export function writeCookie(
  { name, ...options }: ReturnType<typeof cookieOptions>,
  value: string,
  maxAgeSeconds: number,
): string {
  return stringifySetCookie({ name, value, maxAge: maxAgeSeconds, ...options })
}

/** Prefixes of a name make browsers refuse the cookie from other hosts and without TLS. */
export function cookieOptions(purpose: string, publicUrl: string) {
  const { protocol, pathname } = new URL(publicUrl || 'http://localhost')
  const secure = protocol === 'https:'
  const path = pathname.replace(/(.)\/$/, '$1')
  const prefix = secure ? (path === '/' ? '__Host-' : '__Secure-') : ''
  return { name: `${prefix}cairn_${purpose}`, path, secure, httpOnly: true, sameSite: 'lax' as const }
}
