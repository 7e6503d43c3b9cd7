import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Type from 'typebox'
import { defineTask } from '../task-kinds/task.js'
import { existingDatabase, servePipelines } from './serve.js'

// A server for tests to kill. Its only task appends its start and its end to a file.
const [url, file, redisUrl] = process.argv.slice(2)
const note = (text: string) => appendFileSync(file!, `${process.pid} ${text}\n`)
const step = defineTask({
  entry: 'step',
  parameters: Type.Object({ ms: Type.Integer() }),
  async run({ parameters, taskKey, attempt, previous, log }) {
    note(`start ${taskKey}`)
    log.info(`attempt ${attempt} after ${JSON.stringify(previous)}`)
    await sleep(parameters.ms)
    note(`end ${taskKey}`)
    return { from: taskKey }
  },
})
await servePipelines([step], { database: existingDatabase(url!), ...(redisUrl && { redisUrl }) })
process.stdout.write('ready\n')
