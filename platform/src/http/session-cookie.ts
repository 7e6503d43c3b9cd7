import { parseCookie, stringifySetCookie } from 'cookie'

export interface SessionCookie {
  /** Returns the secret in a `Cookie` header. */
  read(header: string | undefined): string | undefined
  /** Returns the `Set-Cookie` header of a secret. */
  write(secret: string, maxAgeSeconds: number): string
  /** Returns the `Set-Cookie` header that removes the cookie. */
  remove(): string
}

/**
 * Returns the cookie of a browser's session, for the path of the public URL, and only over TLS if that is https. Browsers let
 * neither scripts nor other sites send or replace it.
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

/** Returns the `Set-Cookie` header. 0 seconds remove the cookie. */
export function writeCookie(
  { name, ...options }: ReturnType<typeof cookieOptions>,
  value: string,
  maxAgeSeconds: number,
): string {
  return stringifySetCookie({ name, value, maxAge: maxAgeSeconds, ...options })
}

/** Returns the name and the attributes of a cookie. The prefix of its name makes browsers refuse it from other hosts. */
export function cookieOptions(purpose: string, publicUrl: string) {
  const { protocol, pathname } = new URL(publicUrl || 'http://localhost')
  const secure = protocol === 'https:'
  const path = pathname.replace(/(.)\/$/, '$1')
  const prefix = secure ? (path === '/' ? '__Host-' : '__Secure-') : ''
  return { name: `${prefix}cairn_${purpose}`, path, secure, httpOnly: true, sameSite: 'lax' as const }
}
