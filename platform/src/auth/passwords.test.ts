import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestAuth, testAuth } from '../testing/auth.js'
import { databases } from '../testing/databases.js'
import { Passwords } from './passwords.js'

const PASSWORD = 'three small stones'

describe.each(databases)('passwords on %s', (_, database) => {
  let auth: TestAuth
  let passwords: Passwords
  beforeAll(async () => {
    auth = await testAuth(database)
    passwords = new Passwords(auth.db.for(), () => auth.clock.now)
  })
  afterAll(() => auth.close())

  const attempt = (name: string, password = PASSWORD, address = '10.0.0.1') =>
    passwords.verify({ name, password, address })
  const user = async (name: string) => {
    const row = await auth.identities.create('user', name)
    await passwords.set(row.id, PASSWORD)
    return row
  }

  test('verify a user by name, and are replaced', async () => {
    const ada = await user('ada')
    expect(await attempt('ada')).toEqual({ id: ada.id, type: 'user', name: 'ada' })
    expect(await attempt('ada', 'three small stoneS')).toBeUndefined()
    expect(await attempt('nobody')).toBeUndefined()
    await passwords.set(ada.id, 'four larger boulders')
    expect(await attempt('ada')).toBeUndefined()
    expect(await attempt('ada', 'four larger boulders')).toMatchObject({ name: 'ada' })
  })

  test('are refused for inactive users, service principals and users without one', async () => {
    const bo = await user('bo')
    expect(await attempt('bo')).toBeDefined()
    await auth.identities.update(bo.id, { active: false })
    expect(await attempt('bo')).toBeUndefined()
    const robot = await auth.identities.create('service_principal', 'robot')
    await passwords.set(robot.id, PASSWORD)
    expect(await attempt('robot')).toBeUndefined()
    await auth.identities.create('user', 'without')
    expect(await attempt('without', '')).toBeUndefined()
  })

  test('are imported as hashes of MLflow', async () => {
    const cy = await auth.identities.create('user', 'cy')
    const hash =
      'pbkdf2:sha256:1000$9pX2Qm7K$6c622d1c71c7fafe1f91381da23ddbe1273d6702cbf380da774dcb76a273730d'
    await passwords.setHash(cy.id, hash)
    expect(await attempt('cy', 'of another system')).toMatchObject({ name: 'cy' })
    await expect(passwords.setHash(cy.id, 'md5$x$00')).rejects.toMatchObject({
      code: 'INVALID_PARAMETER_VALUE',
    })
  })

  test('are throttled per name and address, for unknown names too', async () => {
    await user('di')
    for (const name of ['di', 'unknown']) {
      for (let i = 0; i < 5; i++) expect(await attempt(name, `wrong ${i}`, '10.0.0.9')).toBeUndefined()
      await expect(attempt(name, PASSWORD, '10.0.0.9')).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' })
    }
    expect(await attempt('di')).toBeDefined() // from another address
  })

  test('count attempts at the same time, but one password once', async () => {
    await user('flo')
    const guesses = Array.from({ length: 20 }, (_, i) => attempt('flo', `guess ${i}`, '10.0.1.1'))
    const outcomes = await Promise.allSettled(guesses)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(15)
    const same = await Promise.all(Array.from({ length: 20 }, () => attempt('flo', PASSWORD, '10.0.1.2')))
    expect(same.every((caller) => caller?.name === 'flo')).toBe(true)
  })

  test.runIf(database.engine === 'sqlite')('wait in a queue that is bounded', async () => {
    const kim = await auth.identities.create('user', 'kim')
    const hash =
      'pbkdf2:sha256:1000$9pX2Qm7K$6c622d1c71c7fafe1f91381da23ddbe1273d6702cbf380da774dcb76a273730d'
    await passwords.setHash(kim.id, hash)
    const guesses = Array.from({ length: 300 }, (_, n) =>
      attempt('kim', `guess ${n}`, `10.${1 + (n % 200)}.${Math.floor(n / 200)}.1`),
    )
    const outcomes = await Promise.allSettled(guesses)
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(refused.length).toBeGreaterThan(0)
    for (const error of refused) expect(error).toMatchObject({ code: 'TEMPORARILY_UNAVAILABLE' })
    expect(await attempt('kim', 'of another system', '10.250.0.1')).toMatchObject({ name: 'kim' })
  })

  test('of an unknown name take as long as those of a known one', async () => {
    await user('gus')
    await attempt('nobody at all', 'warm up', '10.0.2.1')
    const cpuOf = async (name: string, address: string) => {
      const before = process.cpuUsage()
      await attempt(name, 'wrong', address)
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const [known, unknown] = [await cpuOf('gus', '10.0.2.2'), await cpuOf('nobody', '10.0.2.3')]
    expect(unknown / known).toBeGreaterThan(0.3)
  })

  test.each([
    ['short', 'too short'],
    ['x'.repeat(1025), 'too long'],
    ['aaaaaaaaaaaa', 'easy to guess'],
    ['password1234', 'easy to guess'],
    ['hana-hana-2026', 'contains the name'],
  ])('reject the weak password %j', async (password, reason) => {
    const hana = (await auth.identities.find('hana')) ?? (await auth.identities.create('user', 'hana'))
    await expect(passwords.set(hana.id, password)).rejects.toThrow(reason)
    expect(await passwords.has(hana.id)).toBe(false)
  })

  test('are not stored in plain text', async () => {
    await user('ivy')
    const rows = await auth.db.for<{ passwords: object }>().read.selectFrom('passwords').selectAll().execute()
    expect(JSON.stringify(rows)).not.toContain(PASSWORD)
  })
})
