import type { NewSession, Sessions } from '@cairn/platform/auth/sessions'
import type { SessionCookie } from '@cairn/platform/http/session-cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface BrowserSessions {
  readonly sessions: Sessions
  readonly cookie: SessionCookie
}

/** Opens a session in the cookie, and ends the browser's previous session. */
export async function openSession(
  { sessions, cookie }: BrowserSessions,
  facts: Pick<NewSession, 'principalId' | 'method' | 'tokenId' | 'idToken'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const old = cookie.read(request.headers.cookie)
  const previous = old && (await sessions.find(old))?.caller
  const { secret } = await sessions.create({
    ...facts,
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
  })
  if (previous) await sessions.end(previous.id, previous.session!).catch(() => undefined)
  void reply.headers({
    'set-cookie': cookie.write(secret, sessions.limits.lifetimeSeconds),
    'cache-control': 'no-store',
  })
}
