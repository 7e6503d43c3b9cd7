import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, start } from '../servers.js'
import type { ServingPeer } from './peers.js'

/** Starts MLServer with the XGBoost model that MLflow saved to `folder`. Without parallel workers, because one worker only adds a hop. */
export async function startMlserver(mlserver: string, folder: string): Promise<ServingPeer> {
  const settings = join(folder, '../mlserver')
  mkdirSync(settings)
  const write = (file: string, content: object) =>
    writeFileSync(join(settings, file), JSON.stringify(content))
  const model = readdirSync(folder).find((name) => /^model\.(ubj|json)$/.test(name))
  if (!model) throw new Error(`No XGBoost model in ${folder}`)
  write('model-settings.json', {
    name: 'bench',
    implementation: 'mlserver_xgboost.XGBoostModel',
    parameters: { uri: join(folder, model) },
  })
  const ports = { grpc_port: await freePort(), metrics_port: await freePort() }
  const command = (http_port: number) => {
    write('settings.json', { ...ports, http_port, host: '127.0.0.1', parallel_workers: 0, debug: false })
    return [mlserver, 'start', settings]
  }
  const peer = await start('MLServer', settings, command, { health: '/v2/models/bench/ready' })
  return { ...peer, target: { url: `${peer.url}/v2/models/bench/infer` } }
}
