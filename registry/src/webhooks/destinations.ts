import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type ApiError, invalid } from '@cairn/platform/errors'
import { DnsLookups, type Resolve, UnresolvedHostError } from './dns-lookups.js'
import { isPublicAddress } from './public-address.js'

export interface DestinationRules {
  readonly schemes: readonly string[]
  readonly allowPrivate: boolean
  /** The system's resolver when absent. */
  readonly resolve?: Resolve
}

const SUPPORTED = ['https', 'http']

/**
 * Where webhooks may go. The addresses that `find` returns are those to connect to: asking for the name again would let it
 * answer otherwise (DNS rebinding).
 */
export class Destinations {
  readonly #rules: DestinationRules
  readonly #lookups: DnsLookups

  constructor(rules: DestinationRules) {
    this.#rules = rules
    this.#lookups = new DnsLookups(rules.resolve ?? ((host) => lookup(host, { all: true })))
  }

  /** @throws INVALID_PARAMETER_VALUE for a URL that no webhook may have, in MLflow's words */
  async check(text: string): Promise<void> {
    const url = this.#parse(text)
    if (this.#rules.allowPrivate) return
    try {
      await this.#addressesOf(url)
    } catch (cause) {
      if (!(cause instanceof UnresolvedHostError)) throw cause
      throw invalid(`Cannot resolve Webhook URL hostname '${hostOf(url)}': ${cause.message}`, { cause })
    }
  }

  /**
   * The URL of a webhook with the addresses of its host, all of them allowed.
   *
   * @throws INVALID_PARAMETER_VALUE for one that may not be called, `UnresolvedHostError` for a name without an address
   */
  async find(text: string): Promise<{ url: URL; addresses: LookupAddress[] }> {
    const url = this.#parse(text)
    return { url, addresses: await this.#addressesOf(url) }
  }

  async #addressesOf(url: URL): Promise<LookupAddress[]> {
    const host = hostOf(url)
    const family = isIP(host)
    const addresses = family ? [{ address: host, family }] : await this.#lookups.addressesOf(host)
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
}

const hostOf = (url: URL) => url.hostname.replace(/^\[(.*)\]$/, '$1')

const noHost = (text: string): ApiError => invalid(`Webhook URL must include a hostname: '${text}'`)
