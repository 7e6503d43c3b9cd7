import { describe, expect, test } from 'vitest'
import { checkChallenger, type VersionEvidence } from './checks.js'

const USERS = Array.from({ length: 200 }, (_, i) => `u${i}`)
const evidence = (
  version: number,
  ndcgOf: (user: number) => number,
  change: Partial<VersionEvidence> = {},
): VersionEvidence => {
  const perUser = {
    protocol: 'loo',
    k: 10,
    data_digest: 'd',
    users: USERS,
    metrics: { ndcg: USERS.map((_, i) => ndcgOf(i)) },
  }
  return { version, protocol: 'loo', dataDigest: 'd', leakFlags: [], perUser, ...change }
}
const failed = (challenger: VersionEvidence, champion?: VersionEvidence) =>
  checkChallenger(challenger, champion)
    .filter((check) => !check.passed)
    .map((check) => check.name)
const champion = evidence(1, (user) => (user % 10) / 20)

describe('the gate', () => {
  test('accepts the first champion when it is evaluated and has no leak flag', () => {
    expect(failed(champion)).toEqual([])
    expect(failed(evidence(1, () => 0.5, { perUser: undefined }))).toEqual(['evaluated'])
    expect(failed(evidence(1, () => 0.5, { leakFlags: ['precision equals recall'] }))).toEqual(['no_leak'])
  })

  test('accepts only a challenger that is significantly better', () => {
    expect(
      failed(
        evidence(2, (user) => (user % 10) / 20 + 0.1),
        champion,
      ),
    ).toEqual([])
    expect(failed({ ...champion, version: 2 }, champion)).toEqual(['better'])
    expect(
      failed(
        evidence(2, (user) => (user % 10) / 20 + (user % 2 ? 0.3 : -0.299)),
        champion,
      ),
    ).toEqual(['better'])
    expect(
      failed(
        evidence(2, (user) => (user % 10) / 20 - 0.1),
        champion,
      ),
    ).toEqual(['better'])
  })

  test('does not compare the champion with itself', () => {
    const [, , check] = checkChallenger(champion, champion)
    expect(check).toMatchObject({ passed: true, detail: 'This version is already the champion.' })
  })

  test('compares only evaluations of the same protocol, data, users and k', () => {
    const better = (change: Partial<VersionEvidence>) => evidence(2, (user) => (user % 10) / 20 + 0.1, change)
    expect(failed(better({ protocol: 'gts' }), champion)).toEqual(['protocol'])
    expect(failed(better({ dataDigest: 'other' }), champion)).toEqual(['data'])
    const others = { ...better({}).perUser!, users: USERS.map((user) => `${user}x`) }
    expect(failed(better({ perUser: others }), champion)).toEqual(['better'])
    const repeated = { ...better({}).perUser!, users: USERS.map((_, i) => USERS[i % 2]!) }
    expect(failed(better({ perUser: repeated }), champion)).toEqual(['better'])
    const deeper = { ...better({}).perUser!, k: 100 }
    expect(failed(better({ perUser: deeper }), champion)).toEqual(['better'])
  })

  test('pairs users by id, not by position', () => {
    const value = (user: number) => (user % 10) / 20 + 0.05
    const users = USERS.toReversed()
    const reversed = {
      ...champion.perUser!,
      users,
      metrics: { ndcg: users.map((user) => value(Number(user.slice(1)))) },
    }
    const [, , , , better] = checkChallenger(evidence(2, value, { perUser: reversed }), champion)
    expect(better!.figures).toMatchObject({
      n_users: 200,
      low: expect.closeTo(0.05, 10),
      high: expect.closeTo(0.05, 10),
    })
  })
})
