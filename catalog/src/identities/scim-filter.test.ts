import { expect, test } from 'vitest'
import { type Attributes, matchesFilter, parseScimFilter } from './scim-filter.js'

const ADA: Record<string, readonly (string | boolean)[]> = {
  username: ['Ada@Example.org'],
  displayname: ['Ada Lovelace'],
  emails: ['ada@example.org', 'ada@home.example'],
  active: [true],
  'meta.created': ['2026-11-30T12:00:00.000Z'],
}
const attributes: Attributes = (name) => ADA[name] ?? []
const matches = (filter: string) => matchesFilter(parseScimFilter(filter), attributes)

test.each([
  'userName eq "ada@example.org"',
  'userName EQ "ADA@example.org" and active eq true',
  'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.org"',
  'emails[type eq "work"].value eq "ada@home.example"',
  'emails.value ew "example.org"',
  'displayName sw "ada" and (active eq false or userName co "@")',
  'not (displayName eq "Bo") and externalId ne "7"',
  'active eq "True"',
  'userName pr and not (externalId pr)',
  'userName gt "a" and userName le "b" and userName ge "ada@example.org" and userName lt "b"',
  'displayName eq "x" or displayName eq "y" or displayName co "love"',
  'meta.created eq "2026-11-30T12:00:00Z" and meta.created le "2026-11-30T13:00:00+01:00"',
  'meta.created gt "2026-11-30" and meta.created sw "2026-11" and not (meta.created lt "2026-11-30T12:00Z")',
])('matches %s', (filter) => expect(matches(filter)).toBe(true))

test.each([
  'userName eq "ada"',
  'active eq false',
  'externalId pr',
  'not (userName pr)',
  'displayName eq "x" and displayName eq "Ada Lovelace" or externalId pr',
])('does not match %s', (filter) => expect(matches(filter)).toBe(false))

test.each([
  'userName',
  'userName eq',
  'userName eq ada',
  'userName like "a"',
  '(userName eq "a"',
  'userName eq "a")',
  'userName eq "a" displayName eq "b"',
  'not userName eq "a"',
  'userName eq "\\x"',
  'userName eq "a" and',
  '=',
  `${'('.repeat(40)}userName pr${')'.repeat(40)}`,
  'x'.repeat(10_001),
  'meta.created gt "yesterday"',
  'meta.lastModified le 7',
])('rejects %s', (filter) => expect(() => parseScimFilter(filter)).toThrow(/'filter'/))
