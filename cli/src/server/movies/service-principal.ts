import { ApiError } from '@cairn/platform/errors'
import type { ServiceContext } from '@cairn/platform/service-context'

type Context = Pick<ServiceContext, 'identities' | 'tokens' | 'now'>

const NAME = 'movies-web'
const TOKEN_SECONDS = 24 * 60 * 60

interface IssuedToken {
  readonly secret: string
  readonly renewAt: number
}

/** Calls the server as the service principal of the movie client. Its token never leaves this process. */
export class MoviesPrincipal {
  readonly #context: Context
  readonly #scopes: readonly string[] | undefined
  #minted: Promise<IssuedToken> | undefined

  /** @param scopes of the token; absent: all rights of the principal */
  constructor(context: Context, scopes?: readonly string[]) {
    this.#context = context
    this.#scopes = scopes
  }

  /** @throws RESOURCE_DOES_NOT_EXIST without the principal; else what `call` throws */
  async run<T>(call: (token: string) => Promise<T>): Promise<T> {
    try {
      return await call(await this.#secret())
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'UNAUTHENTICATED') throw error
      this.#minted = undefined // somebody revoked the token
      return call(await this.#secret())
    }
  }

  async #secret(): Promise<string> {
    const { secret, renewAt } = await this.#current()
    if (renewAt > this.#context.now()) return secret
    this.#minted = undefined
    return (await this.#current()).secret
  }

  #current(): Promise<IssuedToken> {
    this.#minted ??= this.#mint().catch((error: unknown) => {
      this.#minted = undefined
      throw error
    })
    return this.#minted
  }

  async #mint(): Promise<IssuedToken> {
    const { identities, tokens, now } = this.#context
    const principal = await identities.find(NAME)
    if (!principal)
      throw new ApiError(
        'RESOURCE_DOES_NOT_EXIST',
        `The movie client needs the service principal '${NAME}', which does not exist. \`cairn demo\` creates it.`,
      )
    const { secret } = await tokens.issue(principal.id, 'movie web client', {
      seconds: TOKEN_SECONDS,
      scopes: this.#scopes,
    })
    return { secret, renewAt: now() + (TOKEN_SECONDS * 1000) / 2 }
  }
}
