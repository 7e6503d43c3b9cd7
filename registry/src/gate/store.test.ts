import { LOCAL_OWNER } from '@cairn/platform/auth/principal'
import { migrate } from '@cairn/platform/db/migrate'
import { testAuth } from '@cairn/platform/testing/auth'
import { databases } from '@cairn/platform/testing/databases'
import { describe, expect, test } from 'vitest'
import { AliasStore } from '../aliases/store.js'
import { ModelStore } from '../models/store.js'
import type { RegistrySchema } from '../schema.js'
import { AliasedVersions } from '../versions/aliased-versions.js'
import { CLEARED, VersionStore } from '../versions/store.js'
import { Outbox } from '../webhooks/outbox.js'
import { PromotionStore } from './store.js'

const NEW = { ...CLEARED, name: 'm' }
const DECIDED = { verdict: 'passed', reason: undefined, by: 'ann', at: 5 } as const
const verdict = (version: string) => ({ name: 'm', version, alias: 'champion', passed: true, checks: [] })

describe.each(databases)('decisions of the gate on %s', (_name, database) => {
  test('an alias that moved during the evaluation stays, and no decision is recorded', async () => {
    const opened = await testAuth(database)
    await migrate(opened.db, 'registry', new URL('../migrations/', import.meta.url))
    const db = opened.db.for<RegistrySchema>()
    const parts = { outbox: new Outbox(Date.now), now: Date.now }
    const aliases = new AliasStore(db, parts)
    const aliased = new AliasedVersions(db)
    const promotions = new PromotionStore(db, aliases)
    await new ModelStore(db, parts).create('m', undefined, [], LOCAL_OWNER)
    for (let i = 0; i < 2; i++) await new VersionStore(db, parts).create(NEW, [])
    await promotions.create(verdict('1'), DECIDED)
    await expect(promotions.create(verdict('2'), DECIDED)).rejects.toThrow(/has moved meanwhile/)
    expect(await aliased.find('m', 'champion')).toBe(1)
    expect(await promotions.list('m')).toHaveLength(1)
    await promotions.create({ ...verdict('2'), champion_version: '1' }, DECIDED)
    expect(await aliased.find('m', 'champion')).toBe(2)
    await opened.close()
  })
})
