import { openBlobs } from '@cairn/platform/blobs/open'
import { migrate } from '@cairn/platform/db/migrate'
import { newProcessId } from '@cairn/platform/processes/process-id'
import type { Promotion } from '@cairn/platform/protocol/cairn/promotions'
import { testAuth } from '@cairn/platform/testing/auth'
import { sampledDatabases } from '@cairn/platform/testing/databases'
import { newFolder } from '@cairn/platform/testing/folders'
import { describe, expect, onTestFinished, test } from 'vitest'
import { changesBetween, pinnedConfig } from '../endpoints/deployment-wire.js'
import type { DeploymentRow, ServingSchema } from '../schema.js'
import { aGateway } from '../testing/gateway.js'
import { TestRegistry } from '../testing/registry.js'
import type { RequireFollower } from './follower-rights.js'

const POLL = { timeout: 120_000 }

describe.each(sampledDatabases)('deployments on %s', (_name, database) => {
  async function start(...versions: string[]) {
    const { db, close } = await testAuth(database)
    onTestFinished(() => close())
    await migrate(db, 'serving', new URL('../migrations/', import.meta.url))
    const registry = new TestRegistry(await openBlobs(newFolder()))
    for (const version of versions) await registry.put(version)
    const gateway = (cacheFolder?: string, requireFollower?: RequireFollower) => {
      const started = aGateway(db, registry, cacheFolder, requireFollower)
      started.reconciler.start()
      onTestFinished(() => started.close())
      return started
    }
    return { registry, gateway, db }
  }
  type Gateway = ReturnType<typeof aGateway>
  const serves = ({ served, reconciler }: Gateway, version: string | undefined) =>
    expect
      .poll(() => {
        reconciler.wake()
        return served()
      }, POLL)
      .toBe(version)
  const ends = ({ deploymentRows, reconciler }: Gateway, ...outcomes: string[]) =>
    expect
      .poll(async () => {
        reconciler.wake()
        return (await deploymentRows()).map(({ outcome }) => outcome)
      }, POLL)
      .toEqual(outcomes)

  test('records versions, digests, reasons and the steps of loading', async () => {
    const { gateway } = await start('1', '2')
    const one = gateway()
    await one.create('1')
    await serves(one, '1')
    await one.update('2')
    await serves(one, '2')
    const [second, first] = await one.deploymentRows()
    expect([first, second]).toMatchObject([
      { number: 1, config_version: 1, reason: 'created', creator: 'owner', outcome: 'SUCCEEDED' },
      { number: 2, config_version: 2, reason: 'updated', creator: 'owner', outcome: 'SUCCEEDED' },
    ])
    const digestOf = (resolved: string | null) => JSON.parse(resolved!)[0]
    expect(digestOf(first!.resolved)).toEqual({
      name: 'm',
      version: '1',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(digestOf(second!.resolved).digest).not.toBe(digestOf(first!.resolved).digest)
    expect(changesBetween(first!, second!).map(({ field }) => field)).toEqual([
      'm.entity_version',
      'm.version',
      'm.digest',
    ])
    expect(second!.log.trim().split('\n')).toEqual([
      expect.stringMatching(/^\d{4}-.*Z \[m\] Resolved 2 of 'movies' to version 2\.$/),
      expect.stringContaining('Fetching the files.'),
      expect.stringMatching(/Fetched \d+ bytes; the SHA-256 of the files is [0-9a-f]{64}\.$/),
      expect.stringContaining('Loading the model'),
      expect.stringContaining('Version 2 is ready.'),
    ])
  })

  test('records the move of an alias with the decision of the gate', async () => {
    const { registry, gateway } = await start('3', '4')
    registry.aliases.set('champion', '3')
    const one = gateway()
    await one.create('@champion')
    await serves(one, '3')
    const decision = { version: '4', alias: 'champion', verdict: 'forced', decided_by: 'ann' }
    registry.promotions.push(decision as Promotion)
    registry.aliases.set('champion', '4')
    await serves(one, '4')
    const [moved] = await one.deploymentRows()
    expect(moved).toMatchObject({
      number: 2,
      config_version: 1,
      reason: 'alias champion moved from 3 to 4',
      creator: 'ann',
      outcome: 'SUCCEEDED',
    })
    expect(JSON.parse(moved!.promotions)).toEqual([decision])
    expect(pinnedConfig(moved!).entities).toMatchObject([{ name: 'm', entity_version: '4' }])
    expect(await one.endpoints.get('e')).toMatchObject({ config_version: 1, deployment: 2 })
  })

  test('keeps serving when the writer of the configuration may not read the model to whose version an alias moves', async () => {
    const { registry, gateway } = await start('3', '4')
    registry.aliases.set('champion', '3')
    const refused: string[] = []
    const one = gateway(undefined, async ({ entity_name }) => {
      refused.push(entity_name)
      throw new Error('The writer may no longer read it.')
    })
    await one.create('@champion')
    await serves(one, '3')
    expect(refused).toEqual([])
    registry.aliases.set('champion', '4')
    await ends(one, 'FAILED', 'SUCCEEDED')
    expect(refused[0]).toBe('movies')
    const [moved] = await one.deploymentRows()
    expect(moved).toMatchObject({ message: 'The writer may no longer read it.' })
    expect(await one.served()).toBe('3')
  })

  test('keeps serving when an alias moves to a broken version, also after a restart', async () => {
    const { registry, gateway } = await start('3')
    await registry.put('4', { MLmodel: 'flavors: {}' })
    registry.aliases.set('champion', '3')
    const one = gateway()
    await one.create('@champion')
    await serves(one, '3')
    registry.aliases.set('champion', '4')
    await ends(one, 'FAILED', 'SUCCEEDED')
    const row = await one.endpoints.get('e')
    const entity = pinnedConfig((await one.deploymentRows())[0]!).entities[0]!
    expect(one.deployments.status(row, 'active', entity)).toMatchObject({
      deployment: 'DEPLOYMENT_READY',
      message: expect.stringMatching(/flavor.* Version 3 is still served\.$/),
    })
    await one.close()
    const again = gateway()
    await serves(again, '3')
    await ends(again, 'FAILED', 'SUCCEEDED')
    expect(again.logs.read(row.id, 'm')).toContain('Version 3 is ready.')
  })

  test('a restart serves the files that were deployed, while the registry is down or after they were replaced', async () => {
    const { registry, gateway } = await start('1')
    const folder = newFolder()
    const one = gateway(folder)
    await one.create('1')
    await serves(one, '1')
    const digestOf = ({ deployments }: Gateway, id: string) =>
      deployments.find(id)?.served.get('m')?.model.digest
    const { id } = await one.endpoints.get('e')
    const deployed = digestOf(one, id)
    await one.close()
    await registry.put('1', { 'version.txt': 'replaced' })
    registry.isDown = true
    const again = gateway(folder)
    await serves(again, '1')
    expect(digestOf(again, id)).toBe(deployed)
    registry.isDown = false
    const elsewhere = gateway() // with an empty cache
    await serves(elsewhere, '1')
    expect(digestOf(elsewhere, id)).not.toBe(deployed)
    expect(elsewhere.logs.read(id, 'm')).toContain('The files have changed since they were deployed')
  })

  test('does not restore a deployment from a row that was read before the next one', async () => {
    const { gateway } = await start('1', '2')
    const one = gateway()
    await one.create('1')
    await serves(one, '1')
    const stale = await one.endpoints.list()
    await one.update('2')
    await serves(one, '2')
    let reads = 0
    one.endpoints.list = async () => {
      reads++
      return stale
    }
    await expect
      .poll(() => {
        one.reconciler.wake()
        return reads
      }, POLL)
      .toBeGreaterThan(2)
    await one.reconciler.stop()
    expect(await one.served()).toBe('2')
  })

  test('records the versions of a deployment of an older release when it is restored', async () => {
    const { registry, gateway, db } = await start('1')
    registry.aliases.set('champion', '1')
    const one = gateway()
    await one.create('@champion')
    await serves(one, '1')
    const [{ resolved }] = (await one.deploymentRows()) as [DeploymentRow]
    await one.close()
    await db
      .for<ServingSchema>()
      .transaction((tx) => tx.updateTable('endpoint_deployments').set({ resolved: null }).execute())
    const again = gateway()
    await serves(again, '1')
    expect(await again.deploymentRows()).toMatchObject([{ number: 1, resolved }])
  })

  test('gives up a deployment after three crashes of its process', async () => {
    const { gateway } = await start('1', '2')
    const one = gateway()
    await one.create('1')
    await serves(one, '1')
    await one.close()
    const { id, pending_deployment } = await one.update('2')
    const key = { endpoint_id: id, number: pending_deployment! }
    for (const holder of exitedHolders(3)) expect(await one.history.claim(key, holder)).toBe('claimed')
    const again = gateway()
    await ends(again, 'FAILED', 'SUCCEEDED')
    expect(await again.endpoints.get('e')).toMatchObject({
      update_state: 'UPDATE_FAILED',
      update_message: expect.stringContaining('ended 3 times'),
    })
    await serves(again, '1')
    await again.update('2')
    await serves(again, '2')
  })

  test('gives up an alias whose version crashes processes, until it moves elsewhere', async () => {
    const { registry, gateway } = await start('1', '2', '3')
    registry.aliases.set('champion', '1')
    const one = gateway()
    await one.create('@champion')
    await serves(one, '1')
    await one.close()
    registry.aliases.set('champion', '2')
    const row = await one.endpoints.get('e')
    const reason = 'alias champion moved from 1 to 2'
    const number = await one.history.begin(row, { config: row.config!, reason, creator: '' })
    const key = { endpoint_id: row.id, number: number! }
    for (const holder of exitedHolders(3)) expect(await one.history.claim(key, holder)).toBe('claimed')
    const again = gateway()
    await ends(again, 'FAILED', 'SUCCEEDED')
    await serves(again, '1')
    expect(await again.history.begin(row, { config: row.config!, reason, creator: '' })).toBeUndefined()
    registry.aliases.set('champion', '3')
    await serves(again, '3')
  })

  test('several processes converge, after one of them has loaded each deployment', async () => {
    const { registry, gateway } = await start('1', '2', '3')
    const [left, right] = [gateway(), gateway()]
    await left.create('1')
    for (const one of [left, right]) await serves(one, '1')
    registry.aliases.set('champion', '2')
    await right.update('@champion')
    for (const one of [left, right]) await serves(one, '2')
    registry.aliases.set('champion', '3')
    for (const one of [left, right]) await serves(one, '3')
    const rows = await left.deploymentRows()
    expect(rows.map(({ reason }) => reason)).toEqual([
      'alias champion moved from 2 to 3',
      'updated',
      'created',
    ])
    for (const { log } of rows) expect(log.match(/is ready\./g)).toHaveLength(1)
  })

  test('every process reports a failed update', async () => {
    const { registry, gateway } = await start('1')
    await registry.put('2', { MLmodel: 'flavors: {}' })
    const [left, right] = [gateway(), gateway()]
    await left.create('1')
    for (const one of [left, right]) await serves(one, '1')
    const proposed = await left.update('2')
    await ends(left, 'FAILED', 'SUCCEEDED')
    const row = await left.endpoints.get('e')
    const entity = JSON.parse(proposed.pending!).entities[0]
    for (const { deployments } of [left, right])
      expect(deployments.status(row, 'pending', entity)).toMatchObject({
        deployment: 'DEPLOYMENT_FAILED',
        message: expect.stringContaining('flavor'),
      })
  })
})

/** Ids of processes beyond the highest of this machine, which therefore have ended. */
function exitedHolders(count: number): string[] {
  const [namespace] = newProcessId().split('-')
  return Array.from({ length: count }, (_, i) => `${namespace}-4194304-0-${i}`)
}
