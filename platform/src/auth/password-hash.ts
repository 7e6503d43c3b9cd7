import { pbkdf2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { invalid } from '../errors.js'

const derivePbkdf2 = promisify(pbkdf2)

/** The work factors of new hashes, which take 32 MiB and about 60 ms. */
const [COST, BLOCK_SIZE, PARALLELISM, KEY_BYTES] = [32_768, 8, 1, 64]
/** The limits of imported hashes, so that one sign-in cannot occupy the server. */
const [MAX_SCRYPT_BYTES, MAX_ITERATIONS] = [256 * 1024 * 1024, 10_000_000]

interface ParsedHash {
  readonly salt: string
  readonly key: Buffer
  derive(password: string): Promise<Buffer>
}

/** Returns a hash in werkzeug's format, as MLflow stores it: `scrypt:32768:8:1$salt$hex`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(12).toString('base64url')
  const key = await deriveScrypt(password, salt, {
    cost: COST,
    blockSize: BLOCK_SIZE,
    parallelism: PARALLELISM,
    bytes: KEY_BYTES,
  })
  return `scrypt:${COST}:${BLOCK_SIZE}:${PARALLELISM}$${salt}$${key.toString('hex')}`
}

/** Returns whether a password has the hash. Compares in constant time, and runs on libuv's threads. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const parsed = parse(hash)
  if (!parsed) return false
  return timingSafeEqual(await parsed.derive(password), parsed.key)
}

/** Rejects a hash that `verifyPassword` cannot read. @throws INVALID_PARAMETER_VALUE */
export function checkPasswordHash(hash: string): void {
  if (!parse(hash))
    throw invalid(
      'The password hash is not in a supported format: scrypt:N:r:p$salt$hex or pbkdf2:sha256:iterations$salt$hex.',
    )
}

function parse(hash: string): ParsedHash | undefined {
  const [method = '', salt = '', hex = ''] = hash.split('$')
  const key = Buffer.from(hex, 'hex')
  if (!salt || key.length < 16 || key.length * 2 !== hex.length) return undefined
  const [name, ...parameters] = method.split(':')
  const derive = name === 'scrypt' ? scryptOf(parameters, salt, key) : pbkdf2Of(name, parameters, salt, key)
  return derive && { salt, key, derive }
}

function scryptOf(parameters: readonly string[], salt: string, key: Buffer) {
  const [cost = 0, blockSize = 0, parallelism = 0] = parameters.map(Number)
  const isPowerOfTwo = Number.isInteger(Math.log2(cost)) && cost > 1
  const isAffordable = 128 * cost * blockSize * parallelism <= MAX_SCRYPT_BYTES
  if (parameters.length !== 3 || !isPowerOfTwo || !(blockSize >= 1) || !(parallelism >= 1) || !isAffordable)
    return undefined
  return (password: string) =>
    deriveScrypt(password, salt, { cost, blockSize, parallelism, bytes: key.length })
}

function pbkdf2Of(name: string | undefined, parameters: readonly string[], salt: string, key: Buffer) {
  const [digest = '', iterations = ''] = parameters
  if (name !== 'pbkdf2' || !/^(sha256|sha512|sha1)$/.test(digest) || !/^\d{1,8}$/.test(iterations))
    return undefined
  const count = Number(iterations)
  if (count < 1 || count > MAX_ITERATIONS) return undefined
  return (password: string) => derivePbkdf2(password, salt, count, key.length, digest)
}

interface ScryptParameters {
  readonly cost: number
  readonly blockSize: number
  readonly parallelism: number
  readonly bytes: number
}

function deriveScrypt(
  password: string,
  salt: string,
  { cost, blockSize, parallelism, bytes }: ScryptParameters,
): Promise<Buffer> {
  const options = {
    ...{ N: cost, r: blockSize, p: parallelism },
    maxmem: 132 * cost * blockSize * parallelism + 1024 * 1024,
  }
  return new Promise((resolve, reject) =>
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key))),
  )
}
