import type { Config } from '@cairn/platform/config'

/** Addresses to listen on that no browser on Windows opens, and the ones that this machine opens instead. */
const LOCAL: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** Whether the server listens on all addresses of the machine. */
export const listensEverywhere = (host: string) => host in LOCAL

/** The address of the server in messages and links: the public one, or one that works on this machine. */
export function serverUrl({ host, public_url }: Pick<Config, 'host' | 'public_url'>, port: number): string {
  if (public_url) return public_url
  const name = LOCAL[host] ?? host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}
