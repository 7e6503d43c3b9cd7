import type { Config } from '@cairn/platform/config'
import { invalid } from '@cairn/platform/errors'
import { maskedUrl } from '@cairn/platform/text/masked-url'

/** Addresses to listen on that no browser on Windows opens, and the ones that this machine opens instead. */
const LOCAL: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Returns whether the server listens on all addresses of the machine. */
export const listensEverywhere = (host: string) => host in LOCAL

/** The address of the server in messages and links: the public one, or one that works on this machine. */
export function serverUrl({ host, public_url }: Pick<Config, 'host' | 'public_url'>, port: number): string {
  if (public_url) return public_url
  const name = LOCAL[host] ?? host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/**
 * Host headers to accept: those of the settings, and the one of the public URL, with any port.
 *
 * @throws INVALID_PARAMETER_VALUE for a public URL that no link could begin with
 */
export function allowedHosts({ allowed_hosts, public_url }: Pick<Config, 'allowed_hosts' | 'public_url'>) {
  const listed = allowed_hosts.split(',').filter(Boolean)
  return public_url ? [...listed, hostOf(public_url)] : listed
}

/** Without a name, a query and a fragment. `*` would allow any host. */
const SERVER_URL = /^https?:\/\/[^/?#@*\s]+(\/[^?#\s]*)?$/i

function hostOf(publicUrl: string): string {
  if (SERVER_URL.test(publicUrl) && URL.canParse(publicUrl)) return new URL(publicUrl).hostname
  throw invalid(
    `CAIRN_PUBLIC_URL: '${maskedUrl(publicUrl)}' is not the URL of a server: write https://HOST or https://HOST/PATH, without a query.`,
  )
}
