import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type ApiError, invalid, messageOf } from '@cairn/platform/errors'
import { isPublicAddress } from './public-address.js'
import { Turns } from './turns.js'

export type Resolve = (host: string) => Promise<LookupAddress[]>

export interface DestinationRules {
  readonly schemes: readonly string[]
  readonly allowPrivate: boolean
  /** The system's resolver when absent. */
  readonly resolve?: Resolve
}

const LOOKUPS_AT_ONCE = 2 // they hold threads that files are read with too
const LOOKUP_TIMEOUT_MS = 5000
const SUPPORTED = ['https', 'http']

/** A name that cannot be looked up now, but perhaps later. */
export class Unresolved extends Error {}

/**
 * Where webhooks may go. The addresses that `find` returns are those to connect to: asking for the name again would let it
 * answer otherwise (DNS rebinding).
 */
export class Destinations {
  readonly #rules: DestinationRules
  readonly #resolve: Resolve
  readonly #turns = new Turns(LOOKUPS_AT_ONCE)

  constructor(rules: DestinationRules) {
    this.#rules = rules
    this.#resolve = rules.resolve ?? ((host) => lookup(host, { all: true }))
  }

  /** @throws INVALID_PARAMETER_VALUE for a URL that no webhook may have, in MLflow's words */
  async check(text: string): Promise<void> {
    const url = this.#parse(text)
    if (this.#rules.allowPrivate) return
    try {
      await this.#addressesOf(url)
    } catch (cause) {
      if (!(cause instanceof Unresolved)) throw cause
      throw invalid(`Cannot resolve Webhook URL hostname '${hostOf(url)}': ${cause.message}`, { cause })
    }
  }

  /**
   * The URL of a webhook with the addresses of its host, all of them allowed.
   *
   * @throws INVALID_PARAMETER_VALUE for one that may not be called, `Unresolved` for a name without an address
   */
  async find(text: string): Promise<{ url: URL; addresses: LookupAddress[] }> {
    const url = this.#parse(text)
    return { url, addresses: await this.#addressesOf(url) }
  }

  async #addressesOf(url: URL): Promise<LookupAddress[]> {
    const host = hostOf(url)
    const family = isIP(host)
    const addresses = family ? [{ address: host, family }] : await this.#lookUp(host)
    const refused = addresses.find(({ address }) => !this.#rules.allowPrivate && !isPublicAddress(address))
    if (refused)
      throw invalid(
        `Webhook URL must not resolve to a non-public IP address. '${host}' resolves to ${refused.address}.`,
      )
    return addresses
  }

  #parse(text: string): URL {
    if (text.trim() === '') throw invalid(`Webhook URL cannot be empty or just whitespace: '${text}'`)
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? ''
    const schemes = this.#rules.schemes.filter((one) => SUPPORTED.includes(one))
    if (!schemes.includes(scheme))
      throw invalid(`Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${schemes.join(', ')}.`)
    if (!/^[a-z]+:\/\/[^/\\?#:]/i.test(text)) throw noHost(text)
    if (!URL.canParse(text)) throw invalid(`Invalid webhook URL '${text}'`)
    const url = new URL(text)
    if (url.hostname === '') throw noHost(text)
    if (url.username || url.password)
      throw invalid(
        'Webhook URL must not carry a user name or password: it is shown to whoever lists webhooks.',
      )
    return url
  }

  async #lookUp(host: string): Promise<LookupAddress[]> {
    const found = this.#turns
      .take(() => this.#resolve(host))
      .catch((cause) => {
        throw new Unresolved(messageOf(cause), { cause })
      })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const words = `timed out after ${LOOKUP_TIMEOUT_MS / 1000} seconds`
      timer = setTimeout(() => reject(new Unresolved(words)), LOOKUP_TIMEOUT_MS)
    })
    const addresses = await Promise.race([found, late]).finally(() => clearTimeout(timer))
    if (addresses.length === 0) throw new Unresolved('it has no address')
    return addresses
  }
}

const hostOf = (url: URL) => url.hostname.replace(/^\[(.*)\]$/, '$1')

const noHost = (text: string): ApiError => invalid(`Webhook URL must include a hostname: '${text}'`)
