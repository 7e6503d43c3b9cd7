import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Config } from '../config.js'
import { type ApiError, invalid } from '../errors.js'
import { DnsLookups, type Resolve, UnresolvedHostError } from './dns-lookups.js'
import { isPublicAddress } from './public-address.js'

export interface DestinationRules {
  readonly schemes: readonly string[]
  readonly allowPrivate: boolean
  /** The resolver. The default is that of the system. */
  readonly resolve?: Resolve
}

const SUPPORTED = ['https', 'http']

/**
 * The allowed destinations of webhooks. Callers must connect to the addresses that `find` returns, because resolving the name
 * again could return others (DNS rebinding).
 */
export class Destinations {
  readonly #rules: DestinationRules
  readonly #lookups: DnsLookups

  constructor(rules: DestinationRules) {
    this.#rules = rules
    this.#lookups = new DnsLookups(rules.resolve ?? ((host) => lookup(host, { all: true })))
  }

  /** Checks a URL. @throws INVALID_PARAMETER_VALUE for a forbidden one, with MLflow's message */
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
   * Resolves the URL of a webhook to addresses that are all allowed.
   *
   * @throws INVALID_PARAMETER_VALUE for a forbidden URL or address, `UnresolvedHostError` for a name without an address
   */
  async find(text: string): Promise<{ url: URL; addresses: LookupAddress[] }> {
    const url = this.#parse(text)
    return { url, addresses: await this.#addressesOf(url) }
  }

  async #addressesOf(url: URL): Promise<LookupAddress[]> {
    const host = hostOf(url)
    const family = isIP(host)
    const addresses = family ? [{ address: host, family }] : await this.#lookups.addressesOf(host)
    const forbidden = addresses.find(({ address }) => !this.#rules.allowPrivate && !isPublicAddress(address))
    if (forbidden)
      throw invalid(
        `Webhook URL must not resolve to a non-public IP address. '${host}' resolves to ${forbidden.address}.`,
      )
    return addresses
  }

  #parse(text: string): URL {
    if (text.trim() === '') throw invalid(`Webhook URL cannot be empty or just whitespace: '${text}'`)
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? ''
    const schemes = this.#rules.schemes.filter((allowed) => SUPPORTED.includes(allowed))
    if (!schemes.includes(scheme))
      throw invalid(`Invalid webhook URL scheme: '${scheme}'. Allowed schemes are: ${schemes.join(', ')}.`)
    if (!/^[a-z]+:\/\/[^/\\?#:]/i.test(text)) throw noHost(text)
    if (!URL.canParse(text)) throw invalid(`Invalid webhook URL '${text}'`)
    const url = new URL(text)
    if (url.hostname === '') throw noHost(text)
    if (url.username || url.password)
      throw invalid(
        'Webhook URL must not carry a user name or password: URLs are visible to everyone who can list webhooks.',
      )
    return url
  }
}

/** Returns the destinations that the settings allow. */
export const configuredDestinations = (
  config: Pick<Config, 'webhook_allowed_schemes' | 'webhook_allow_private_ips'>,
  resolve?: Resolve,
) =>
  new Destinations({
    schemes: config.webhook_allowed_schemes.split(',').map((scheme) => scheme.trim().toLowerCase()),
    allowPrivate: config.webhook_allow_private_ips,
    ...(resolve && { resolve }),
  })

const hostOf = (url: URL) => url.hostname.replace(/^\[(.*)\]$/, '$1')

const noHost = (text: string): ApiError => invalid(`Webhook URL must include a hostname: '${text}'`)
