/** A response that is not 2xx, with the server's message. Status 0: no response. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = details
  }
}

/**
 * Asks the user to sign in.
 *
 * @param mayFail whether the request may fail if the user does not; without it, it waits
 * @returns whether to send the request again
 */
type AskToSignIn = (mayFail: boolean) => Promise<boolean>
let askToSignIn: AskToSignIn = async () => false
export const setAskToSignIn = (ask: AskToSignIn) => {
  askToSignIn = ask
}
export const signedOut = () => void askToSignIn(true)

/** Its refusal says that the password is wrong. */
const SIGN_IN = 'api/cairn/v1/sign-in'

/**
 * Fetches a path relative to the page, so the console works below any prefix. After the end of a session, a query, which has a signal,
 * waits for the next one; other requests fail if the user does not sign in, so that the form can send them again.
 *
 * @throws RequestError unless the response is 2xx
 */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await request(path, init)
  if (response.status === 401 && path !== SIGN_IN && (await askToSignIn(!init.signal)))
    return sendOnce(path, init) // another 401 does not mean that the session has ended
  return checked(response)
}

/** Like `send`, but never asks to sign in. */
export const sendOnce = async (path: string, init: RequestInit = {}) => checked(await request(path, init))

async function request(path: string, init: RequestInit): Promise<Response> {
  // No form of another site can send this header; browsers without Sec-Fetch-Site prove their origin with it.
  const headers = { ...(init.headers as Record<string, string>), 'x-requested-with': 'fetch' }
  try {
    return await fetch(path, { ...init, headers, credentials: 'same-origin' })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new RequestError(0, 'UNREACHABLE', cause instanceof Error ? cause.message : String(cause))
  }
}

async function checked(response: Response): Promise<Response> {
  if (!response.ok) throw errorOf(response.status, await response.text(), response.statusText)
  return response
}

/** The error of a response that is not 2xx, from its body. */
export function errorOf(status: number, text: string, statusText: string): RequestError {
  try {
    const body = JSON.parse(text) as {
      error_code?: string
      message?: string
      details?: Record<string, unknown>[]
    }
    return new RequestError(
      status,
      body.error_code ?? String(status),
      body.message ?? text,
      Object.assign({}, ...(body.details ?? [])),
    )
  } catch {
    // An HTML error page of a proxy: do not show its markup.
    return new RequestError(status, String(status), statusText || String(status))
  }
}

/** The code of a failed request, such as `RESOURCE_DOES_NOT_EXIST`. */
export const codeOf = (error: unknown) => (error instanceof RequestError ? error.code : undefined)

export const isMissing = (error: unknown) =>
  error instanceof RequestError && (error.status === 404 || error.status === 405 || error.status === 501)
