import type { LookupAddress } from 'node:dns'
import { expect, test } from 'vitest'
import { Destinations } from './destinations.js'
import type { Resolve } from './dns-lookups.js'

/** A resolver with a fixed table: the only fake here. */
const names =
  (table: Record<string, string[]>): Resolve =>
  async (host) => {
    const found = table[host]
    if (!found) throw new Error(`getaddrinfo ENOTFOUND ${host}`)
    return found.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }))
  }

const RECORDS = {
  'hooks.example.com': ['93.184.216.34', '2606:2800:220:1:248:1893:25c8:1946'],
  'inside.example.com': ['10.0.0.7'],
  'mixed.example.com': ['93.184.216.34', '169.254.169.254'],
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
}
const strict = new Destinations({ schemes: ['https'], allowPrivate: false, resolve: names(RECORDS) })

test.each([
  'https://hooks.example.com',
  'https://hooks.example.com:8443/a?b=c#d',
  'HTTPS://hooks.example.com/',
  'https://93.184.216.34/',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
])('%s is allowed', async (url) => {
  await expect(strict.check(url)).resolves.toBeUndefined()
})

test.each([
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://0x7f.0.0.1/',
  'https://0x7f000001/',
  'https://127.0.0.1./',
  'https://0/',
  'https://①②⑦.0.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[0:0:0:0:0:ffff:7f00:0001]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://inside.example.com/',
  'https://mixed.example.com/',
])('%s resolves to a private address and is rejected', async (url) => {
  await expect(strict.check(url)).rejects.toMatchObject({
    code: 'INVALID_PARAMETER_VALUE',
    message: expect.stringMatching(
      /^Webhook URL must not resolve to a non-public IP address\. '.+' resolves to /,
    ),
  })
})

test.each([
  ['http://hooks.example.com/', "Invalid webhook URL scheme: 'http'. Allowed schemes are: https."],
  ['ftp://hooks.example.com/', /Invalid webhook URL scheme: 'ftp'/],
  ['file:///etc/passwd', /Invalid webhook URL scheme: 'file'/],
  ['hooks.example.com', "Invalid webhook URL scheme: ''. Allowed schemes are: https."],
  ['javascript:alert(1)', /Invalid webhook URL scheme/],
  ['   ', /cannot be empty or just whitespace/],
  ['https://', /must include a hostname/],
  ['https:///path', /must include a hostname/],
  ['https:hooks.example.com', /must include a hostname/],
  ['https://:8443/', /must include a hostname/],
  ['https://[fe80::1%25eth0]/', /^Invalid webhook URL 'https:/],
  ['https://[invalid', "Invalid webhook URL 'https://[invalid'"],
  ['https://user:pass@hooks.example.com/', /must not carry a user name or password/],
  ['https://hooks.example.com@10.0.0.7/', /must not carry a user name or password/],
  ['https://nowhere.example.com/', /^Cannot resolve Webhook URL hostname 'nowhere\.example\.com'/],
])('%s is rejected with a message', async (url, message) => {
  await expect(strict.check(url)).rejects.toMatchObject({
    code: 'INVALID_PARAMETER_VALUE',
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })
})

test('a name that later resolves to a private address is rejected then', async () => {
  const answers = [['93.184.216.34'], ['127.0.0.1']]
  const destinations = new Destinations({
    schemes: ['https'],
    allowPrivate: false,
    resolve: (host) => names({ [host]: answers.shift()! })(host),
  })
  await destinations.check('https://rebinding.example.com/')
  await expect(destinations.find('https://rebinding.example.com/')).rejects.toThrow(/non-public/)
})

test('with private addresses allowed, the other rules still apply', async () => {
  const lax = new Destinations({ schemes: ['http'], allowPrivate: true, resolve: names(RECORDS) })
  await lax.check('http://localhost:8080/')
  await lax.check('http://not-there-yet/')
  await expect(lax.find('http://10.0.0.7/')).resolves.toMatchObject({
    addresses: [{ address: '10.0.0.7', family: 4 }],
  })
  await expect(lax.check('https://localhost/')).rejects.toThrow(/Allowed schemes are: http\./)
})
